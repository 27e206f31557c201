//! Places where a test ends the process, to prove that nothing is half done wherever it dies.
//!
//! Invariant: without the feature `failpoints` a point costs nothing and arming does nothing. With it, the environment
//! variable `FAILPOINTS` says which point is deadly: `hold.committed=2*off->return` lets two callers pass and ends the
//! process, without any tidying up, when the third arrives. It does not know what the points mean.

/// A place between a request and its answer.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |_| {
        // As `kill -9` does it: no handler, no destructor, no dump. Nobody reads whether it worked.
        let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
    });
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}

/// Reads `FAILPOINTS` for the rest of the process's life. The program calls it first.
pub fn arm() {
    #[cfg(feature = "failpoints")]
    std::mem::forget(fail::FailScenario::setup());
}
