//! Slots: one practitioner's next 60 days, asked for 500 times a second while bookings run.
//!
//! The practitioner works full time. Half of it is booked at first, and a tenth of the bookings meanwhile go to the
//! same practitioner, so that an old answer would be a wrong one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::clock::{Clock, SystemClock};
use rendez_vocab::ids::SlotId;
use serde::Deserialize;
use tokio::time::Instant;

use crate::booking::{Booker, Tally};
use crate::bookings::PATIENTS;
use crate::http::{Connections, get};
use crate::load::open_loop;
use crate::practices::Practices;
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::{Latencies, Surprises};

const GROUP: u8 = 5;
/// The bookings go round: a tenth to the one who is asked for.
const PRACTITIONERS: u64 = 10;
const QUESTIONS_A_SECOND: f64 = 500.0;
const BOOKINGS_A_SECOND: f64 = 100.0;
const LENGTH: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 64;
const DAYS: i64 = 60;
/// Starts that the bookings of this figure take: 100 a second for 30 seconds of ten practitioners, and some to spare.
const LEFT_FREE: usize = 400;
const BAR_MS: f64 = 10.0;

#[derive(Deserialize)]
struct Offered {
    slots: Vec<serde::de::IgnoredAny>,
}

struct Asked {
    latencies: Latencies,
    surprises: Surprises,
}

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let stage = Stage::set().await?;
    let practices = Practices::make(&stage.database, GROUP, PRACTITIONERS, PATIENTS, false).await?;
    let now = SystemClock.now();
    let until = now + SignedDuration::from_hours(24 * DAYS);
    let request = Arc::new(request(practices.slot_of(0, 0), now, until));
    fill(&stage, &practices, until).await?;

    let bookers = Connections::new(stage.address(), CONNECTIONS);
    let booker = Arc::new(Booker::new(practices, &stage.tokens, bookers)?);
    let connections = Arc::new(Connections::new(stage.address(), CONNECTIONS));
    let first = offered(&connections, &request).await?;
    let before = stage.spent()?;
    let warm = ask(&connections, &request, Duration::from_secs(3)).await?;
    let spent = stage.spent()?.each(&before, warm.latencies.count());
    let tally = Arc::new(Tally::new());
    let booking = open_loop(BOOKINGS_A_SECOND, LENGTH, |due| {
        let (booker, tally) = (Arc::clone(&booker), Arc::clone(&tally));
        async move { booker.book(due, &tally).await }
    });
    let (asked, ()) = tokio::try_join!(ask(&connections, &request, LENGTH), booking)?;
    let last = offered(&connections, &request).await?;

    report.line(format!(
        "{DAYS} days, {} s; {} slots in {} bytes at first, {} slots in {} bytes at last",
        LENGTH.as_secs(),
        first.0,
        first.1,
        last.0,
        last.1
    ));
    report.line(format!("before the bookings, {spent}"));
    report.line(asked.latencies.row("slots 500/s"));
    report.line(tally.both.row("bookings 100/s"));
    report.must(
        asked.surprises.total() + tally.surprises.total() == 0,
        format!(
            "no error; other answers: {}; to bookings: {}",
            asked.surprises.list(),
            tally.surprises.list()
        ),
    );
    let expected = first.0 as u64 - tally.both.count() / PRACTITIONERS;
    report.must(last.0 as u64 == expected, format!("{} slots are left, {expected} must be", last.0));
    let p99 = asked.latencies.quantile_ms(0.99);
    report.aim(p99 < BAR_MS, format!("p99 of slots {p99:.2} ms (under {BAR_MS} ms)"));
    stage.strike().await
}

fn request(slot: SlotId, from: Timestamp, until: Timestamp) -> Vec<u8> {
    let second = |instant: Timestamp| Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    let (from, until) = (second(from), second(until));
    let query = format!("from={from}&to={until}&visit_type_id={}", slot.visit_type);
    get(&format!("/v1/practitioners/{}/slots?{query}", slot.practitioner), None)
}

/// Takes seven of ten starts of the first practitioner, after those that the bookings of this figure will take.
async fn fill(stage: &Stage, practices: &Practices, until: Timestamp) -> Result<()> {
    let turns = LEFT_FREE..practices.starts_before(until);
    let taken: Vec<Timestamp> =
        turns.filter(|turn| turn % 10 < 7).map(|turn| practices.slot_of(0, turn).start()).collect();
    let sql = "INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
        SELECT p.calendar_id, start, start + interval '15 minutes', 'appointment', gen_random_uuid()
        FROM practitioner p, unnest($2::timestamptz[]) start WHERE p.id = $1";
    let made = stage.database.client.execute(sql, &[&practices.practitioner(0).uuid(), &taken]).await?;
    ensure!(made as usize == taken.len(), "{made} claims made of {}", taken.len());
    stage.database.client.batch_execute("ANALYZE claim").await?;
    Ok(())
}

/// How many slots one answer has, and how many bytes.
async fn offered(connections: &Connections, request: &[u8]) -> Result<(usize, usize)> {
    let answer = connections.ask(request).await?;
    ensure!(answer.status == 200, "slots are answered with {}", answer.name());
    Ok((answer.json::<Offered>()?.slots.len(), answer.body.len()))
}

async fn ask(connections: &Arc<Connections>, request: &Arc<Vec<u8>>, length: Duration) -> Result<Arc<Asked>> {
    let asked = Arc::new(Asked { latencies: Latencies::new(), surprises: Surprises::default() });
    open_loop(QUESTIONS_A_SECOND, length, |due| {
        let (connections, request, asked) =
            (Arc::clone(connections), Arc::clone(request), Arc::clone(&asked));
        async move {
            match connections.ask(&request).await {
                Ok(answer) if answer.status == 200 => asked.latencies.record(Instant::now() - due),
                Ok(answer) => asked.surprises.count(answer.name()),
                Err(error) => asked.surprises.count(format!("connection: {}", error.kind())),
            }
        }
    })
    .await?;
    Ok(asked)
}
