//! Demo data: a French region with invented practices, patients and bookings around today, for `rendez serve --demo`.
//!
//! Invariants: all of it is written in one transaction or none of it; the same seed and day make the same world; every
//! visit stands on a slot that the practitioner's own schedule offers and has its claims. Nobody in it exists.
//! It does not know HTTP, nor how progress is shown.

mod logins;
mod people;
mod practices;
mod visit_types;
mod visits;
mod weeks;
mod wishes;
mod world;
mod write;

use std::sync::Arc;

use jiff::Timestamp;
use rendez_domain::regions::{Pack, sample_names};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Store, Transaction};

pub use logins::{Login, logins};
pub use world::Size;

use crate::bulk::dice::Dice;
use crate::bulk::empty;
use visits::Diary;
use world::{Calendars, Ground};
use write::World;

/// Steps of the progress that is told.
const STEPS: u64 = 1000;
/// How many of them the world takes before it is written.
const STEPS_OF_MAKING: u64 = 150;

/// Without statistics the first searches would be planned for empty tables.
const ANALYZE: &str = "ANALYZE calendar, organization, location, room, practitioner, visit_type, opening_rule, closure, opening,
    time_off, patient, account, appointment, claim";

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// So many practitioners.
    pub practitioners: usize,
    /// So many patients.
    pub patients: usize,
    /// So many visits, past and coming, with those that were cancelled.
    pub appointments: usize,
    /// Whom a visitor can sign in as.
    pub logins: Vec<Login>,
}

/// Whether nobody has entered anybody yet.
pub async fn is_empty(store: &Store) -> Result<bool, Fault> {
    empty(&*store.read_fresh().await?).await
}

/// Whether it is a demo that the database holds: all of its accounts are there.
pub async fn is_loaded(store: &Store) -> Result<bool, Fault> {
    logins::are_there(&*store.read_fresh().await?).await
}

/// Loads a demo of the usual size. See [`load_sized`].
pub async fn load(
    store: &Store,
    pack: &'static Pack,
    entropy_seed: u64,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<Loaded, Fault> {
    load_sized(store, pack, entropy_seed, Size::FULL, progress).await
}

/// Fills an empty database; one that is not empty is a fault and stays as it is. `progress` hears how many of how many
/// steps are done.
pub async fn load_sized(
    store: &Store,
    pack: &'static Pack,
    entropy_seed: u64,
    size: Size,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<Loaded, Fault> {
    let hash = logins::hash(entropy_seed).await?;
    let progress = Arc::new(move |steps: u64| progress(steps, STEPS));
    store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let now = begin(&tx, pack).await?;
            let ground = Arc::new(Ground::new(pack, now)?);
            let calendars = set_calendars_aside(&tx, pack, size).await?;
            let (making, told) = (Arc::clone(&ground), Arc::clone(&progress));
            let made = tokio::task::spawn_blocking(move || {
                make(size, &making, calendars, &Dice::new(entropy_seed), &*told)
            });
            let world = made.await.map_err(|error| Fault::new("making the demo's world", error))??;
            write::write(&tx, pack, &world, |done, total| {
                progress(STEPS_OF_MAKING + done * (STEPS - STEPS_OF_MAKING) / total.max(1));
            })
            .await?;
            logins::write(&tx, &ground, &world, &hash, &Dice::new(entropy_seed ^ 1)).await?;
            wishes::write(&tx, &ground, &world, &Dice::new(entropy_seed ^ 2)).await?;
            tx.batch_execute(ANALYZE).await?;
            tx.commit().await?;
            Ok(Loaded {
                practitioners: world.practices.iter().map(|practice| practice.practitioners.len()).sum(),
                patients: world.patients.len(),
                appointments: world.appointments.len(),
                logins: logins::logins(),
            })
        })
        .await
}

/// Makes sure that nobody else fills the database, and reads the one clock.
async fn begin(tx: &Transaction<'_>, pack: &Pack) -> Result<Timestamp, Fault> {
    // Making and copying all of it takes longer than a request may.
    tx.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
         LOCK TABLE practitioner IN SHARE ROW EXCLUSIVE MODE",
    )
    .await?;
    if !empty(tx).await? {
        return Err(Fault::plain("loading demo data into a database that is not empty"));
    }
    tx.execute(
        "INSERT INTO region (code, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&pack.region().as_str(), &pack.number()],
    )
    .await?;
    Ok(tx.query_one("SELECT rendez_now()", &[]).await?.get(0))
}

/// One calendar for each practitioner and patient, and as many for rooms as could be needed.
async fn set_calendars_aside(tx: &Transaction<'_>, pack: &Pack, size: Size) -> Result<Calendars, Fault> {
    let count = i64::try_from(size.practitioners * 3 + size.patients).unwrap_or(i64::MAX);
    let sql = "SELECT (number::bigint << 40) + nextval('calendar_number') FROM region, generate_series(1, $2::bigint) WHERE code = $1";
    let rows = tx.query(sql, &[&pack.region().as_str(), &count]).await?;
    Ok(Calendars::new(rows.iter().map(|row| row.get(0)).collect()))
}

/// The whole world, from the ground, the seed and nothing else.
fn make(
    size: Size,
    ground: &Ground,
    mut calendars: Calendars,
    dice: &Dice,
    progress: &impl Fn(u64),
) -> Result<World, Fault> {
    let names = sample_names();
    let patients = people::patients(size.patients, ground, names, &mut calendars, dice)?;
    let practices = practices::practices(size, ground, names, &mut calendars, dice)?;
    let mut diary = Diary::new(ground, &patients);
    if let Some(first) = practices.first().and_then(|practice| practice.practitioners.first()) {
        diary.book_guest(first, dice);
    }
    for (index, practice) in practices.iter().enumerate() {
        diary.fill(practice, dice);
        if index % 20 == 0 {
            progress(STEPS_OF_MAKING * index as u64 / practices.len() as u64);
        }
    }
    let appointments = diary.finish();
    Ok(World { practices, patients, appointments })
}
