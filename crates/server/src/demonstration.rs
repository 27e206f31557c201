//! `--demo`: fills an empty database and tells a newcomer where to look.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rendez_domain::regions::Pack;
use rendez_platform::store::Store;

use crate::demo::{self, Login};

/// The same practices every time.
const SEED: u64 = 20_210_712;

/// Loads the demo data unless the database has some, and returns the logins.
pub(crate) async fn prepare(store: &Store, pack: &'static Pack) -> Result<Vec<Login>> {
    if !demo::is_empty(store).await? {
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
