//! `rendez generate`: a plausible country by seed, at the size of a real one, for benchmarks.
//!
//! Invariants: it fills an empty database only; the same seed and day make the same country, however many streams write it;
//! every row is one that the program itself could have written. It is written in parts, each whole or absent; when it is
//! interrupted, the database is not empty any more and has to be made anew. Nobody in it exists. It does not know how
//! progress is shown.

mod busy;
mod calendar;
mod command;
mod country;
mod names;
mod offers;
mod patients;
mod practices;
mod week;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rendez_domain::regions::{Pack, install};
use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Store, Transaction};

pub(crate) use command::run;

use crate::bulk::empty;
use country::Country;
use write::Written;

/// So many people are written by one transaction.
const PART: usize = 2_000;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// So many practitioners.
    pub practitioners: usize,
    /// So many patients.
    pub patients: usize,
    /// What everything follows from.
    pub seed: u64,
    /// So many connections write at once.
    pub streams: usize,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Made {
    /// Rows of all tables.
    pub rows: u64,
    /// Rows of the timeline.
    pub claims: u64,
    /// How much of the opening time of the coming days is taken, of one.
    pub busy_share: f64,
}

/// Fills an empty database; one that is not empty is a fault and stays as it is. `progress` hears how many people are done,
/// in any order.
pub async fn generate(
    store: &Store,
    pack: &'static Pack,
    plan: Plan,
    progress: impl Fn(usize) + Send + Sync + 'static,
) -> Result<Made, Fault> {
    install(store, pack).await?;
    let (now, calendars) = begin(store, pack, plan).await?;
    // The towns are read and weighed once, which takes longer than a thread of the runtime should be kept.
    let country = tokio::task::spawn_blocking(move || Country::new(pack, plan.seed, now));
    let country = country.await.map_err(|error| Fault::new("preparing the country", error))??;
    let work = Arc::new(Work { store: store.clone(), country, plan, calendars, next: AtomicUsize::new(0) });
    let progress = Arc::new(progress);
    let mut streams = tokio::task::JoinSet::new();
    for _ in 0..plan.streams.max(1) {
        let (work, progress) = (Arc::clone(&work), Arc::clone(&progress));
        streams.spawn(async move { work.stream(&*progress).await });
    }
    let mut written = Written::default();
    while let Some(stream) = streams.join_next().await {
        let stream = stream.map_err(|error| Fault::new("writing the country", error))??;
        written.rows += stream.rows;
        written.claims += stream.claims;
        written.opened += stream.opened;
        written.taken += stream.taken;
    }
    finish(store).await?;
    Ok(Made {
        rows: written.rows,
        claims: written.claims,
        busy_share: written.taken as f64 / written.opened.max(1) as f64,
    })
}

/// Refuses a database that has somebody in it, reads the one clock, and sets calendar ids aside: one for each practitioner,
/// then one for each patient.
async fn begin(store: &Store, pack: &Pack, plan: Plan) -> Result<(jiff::Timestamp, i64), Fault> {
    let conn = store.read_fresh().await?;
    if !empty(&*conn).await? {
        return Err(Fault::plain("generating a country in a database that is not empty"));
    }
    let people = i64::try_from(plan.practitioners + plan.patients).unwrap_or(i64::MAX);
    let row = conn
        .query_one(
            "SELECT rendez_now(), (number::bigint << 40) + nextval('calendar_number') FROM region WHERE code = $1",
            &[&pack.region().as_str()],
        )
        .await?;
    conn.execute("SELECT setval('calendar_number', currval('calendar_number') + $1)", &[&people]).await?;
    Ok((row.get(0), row.get(1)))
}

/// Statistics, without which the first searches would be planned for empty tables, and the map of what everybody sees.
async fn finish(store: &Store) -> Result<(), Fault> {
    let conn = store.read_fresh().await?;
    conn.batch_execute("SET statement_timeout = 0").await?;
    let done = conn.batch_execute("VACUUM (ANALYZE)").await;
    conn.batch_execute("RESET statement_timeout").await?;
    Ok(done?)
}

/// What the streams share.
struct Work {
    store: Store,
    country: Country,
    plan: Plan,
    calendars: i64,
    next: AtomicUsize,
}

/// Some people with the numbers from `first` on.
struct Part {
    number: usize,
    first: usize,
    count: usize,
    of_patients: bool,
}

impl Work {
    /// The next part that nobody has taken.
    fn take(&self) -> Option<Part> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let parts = self.plan.practitioners.div_ceil(PART);
        let (number, of_patients, of) = match number.checked_sub(parts) {
            None => (number, false, self.plan.practitioners),
            Some(number) => (number, true, self.plan.patients),
        };
        let first = number * PART;
        (first < of).then(|| Part { number, first, count: PART.min(of - first), of_patients })
    }

    async fn stream(self: Arc<Self>, progress: &(impl Fn(usize) + Sync)) -> Result<Written, Fault> {
        let mut all = Written::default();
        while let Some(part) = self.take() {
            let count = part.count;
            let work = Arc::clone(&self);
            let written = self.store.write(move |mut conn| async move {
                let tx = conn.transaction().await?;
                // Nothing is lost by a crash that would not have to be made anew anyway.
                tx.batch_execute(
                    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
                     SET LOCAL synchronous_commit = off",
                )
                .await?;
                let written = work.write(&tx, &part).await?;
                tx.commit().await?;
                Ok::<_, Fault>(written)
            });
            let written = written.await?;
            all.rows += written.rows;
            all.claims += written.claims;
            all.opened += written.opened;
            all.taken += written.taken;
            progress(count);
        }
        Ok(all)
    }

    async fn write(&self, tx: &Transaction<'_>, part: &Part) -> Result<Written, Fault> {
        let Part { number, first, count, .. } = *part;
        if part.of_patients {
            let calendars = self.calendars + i64::try_from(self.plan.practitioners).unwrap_or(i64::MAX);
            let made = patients::make(&self.country, number, first, count, calendars);
            write::patients(tx, self.country.pack, &made).await
        } else {
            let made = practices::make(&self.country, number, first, count, self.calendars);
            write::practices(tx, self.country.pack, &made).await
        }
    }
}
