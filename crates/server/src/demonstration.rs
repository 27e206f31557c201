//! `--demo`: fills an empty database and tells a newcomer where to look.

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rendez_domain::regions::Pack;
use rendez_platform::store::Store;

use crate::demo::{self, Login};

/// The same practices every time.
const SEED: u64 = 20_210_712;

/// Loads the demo data unless the database has it, and returns the logins. Data of somebody's own is refused: a demo
/// shows its mails to everybody.
pub(crate) async fn prepare(store: &Store, pack: &'static Pack) -> Result<Vec<Login>> {
    if !demo::is_empty(store).await? {
        if !demo::is_loaded(store).await? {
            bail!("--demo needs an empty database or one that --demo filled; this one has data of its own");
        }
        return Ok(demo::logins());
    }
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("demo data {bar:40} {percent:>3} %  {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let moving = bar.clone();
    let loaded = demo::load(store, pack, SEED, move |done, of| {
        moving.set_length(of);
        moving.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    tracing::info!(
        practitioners = loaded.practitioners,
        patients = loaded.patients,
        appointments = loaded.appointments,
        "demo data loaded"
    );
    Ok(loaded.logins)
}

/// Prints where the pages are and who can sign in.
pub(crate) fn greet(url: &str, logins: &[Login]) {
    println!("\n  Rendez is ready:  {url}/\n");
    for login in logins {
        println!("  {:<13} {:<28} {}", login.role, login.email, login.password);
    }
    println!("\n  API  {url}/docs      mails  {url}/dev/mail      stop with Ctrl-C\n");
}

#[cfg(test)]
mod tests {
    use rendez_testkit::World;

    use super::*;

    #[tokio::test]
    async fn data_of_somebodys_own_is_never_shown_as_a_demo() {
        let world = World::new().await;
        world.patient().await;
        let (store, pack) = (&world.services.store, world.services.pack);
        let refused = prepare(store, pack).await.expect_err("refused");
        assert!(refused.to_string().contains("--demo needs an empty database"), "{refused}");
    }

    #[tokio::test]
    async fn a_demo_is_recognised_by_its_accounts() {
        let world = World::new().await;
        let (store, pack) = (&world.services.store, world.services.pack);
        let size = demo::Size { practitioners: 60, patients: 100 };
        demo::load_sized(store, pack, SEED, size, |_, _| ()).await.expect("loaded");
        assert_eq!(prepare(store, pack).await.expect("a demo"), demo::logins());
    }
}
