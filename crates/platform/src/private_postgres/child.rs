//! How a program of PostgreSQL is started: as whom, with which environment, and what happens to it when we die.

use tokio::process::Command;

use super::account::Account;

/// Gives the program a clean environment, its user, a process group of its own (Ctrl-C is for us, not for it), and
/// on Linux an orderly stop (SIGINT) should this process be killed.
///
/// The kernel sends that signal when the *thread* that started the program ends, so the caller is a thread that
/// lives as long as the program.
pub(super) fn isolate(command: &mut Command, account: &Account) {
    command.env_clear().env("LC_ALL", if cfg!(target_os = "macos") { "C" } else { "C.UTF-8" });
    command.current_dir("/").process_group(0);
    if let Some((uid, gid)) = account.to_become() {
        command.uid(uid).gid(gid);
    }
    #[cfg(target_os = "linux")]
    stop_with_parent(command);
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the one way to set the parent-death signal of a child")]
fn stop_with_parent(command: &mut Command) {
    let parent = nix::unistd::getpid();
    // SAFETY: between fork and exec only async-signal-safe calls are allowed. prctl and getppid are system calls
    // without allocation or locks. It runs after the change of user, which would clear the setting (prctl(2)).
    unsafe {
        command.pre_exec(move || {
            nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGINT)?;
            if nix::unistd::getppid() == parent {
                Ok(())
            } else {
                Err(std::io::Error::from_raw_os_error(nix::errno::Errno::ESRCH as i32))
            }
        });
    }
}
