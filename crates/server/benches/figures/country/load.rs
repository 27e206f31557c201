//! How fast the country is searched: alone, at a fixed rate, and with everything at once that was asked for.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::clock::{Clock, SystemClock};

use super::questions::{Directory, questions, worst};
use super::rush::{self, Rush};
use crate::booking::{Booker, Tally};
use crate::bookings::PATIENTS;
use crate::database::{self, Database};
use crate::http::{Connections, get};
use crate::load::open_loop;
use crate::machine::Spent;
use crate::practices::Practices;
use crate::report::Report;
use crate::server::Server;
use crate::tokens::Tokens;

const PRACTITIONERS: u64 = 200;
const QUESTIONS: usize = 20_000;
/// One question of seven is a name.
const NAMES: usize = 15;
const WARM_UP: Duration = Duration::from_secs(4);
const LENGTH: Duration = Duration::from_secs(12);
const READERS: usize = 32;

const RATE_BAR: f64 = 25_000.0;
const RATE_P99_BAR_MS: f64 = 5.0;
const STEADY: f64 = 5_000.0;
const STEADY_P99_BAR_MS: f64 = 2.0;

const SEARCHES_A_SECOND: f64 = 700.0;
const BOOKINGS_A_SECOND: f64 = 90.0;
const SLOTS_A_SECOND: f64 = 500.0;
const ALL_LENGTH: Duration = Duration::from_secs(30);
const ALL_SEARCH_BAR_MS: f64 = 10.0;
const ALL_BOOKING_BAR_MS: f64 = 50.0;

pub(crate) async fn measure(
    report: &mut Report,
    server: &Server,
    database: &Database,
    tokens: &Tokens,
) -> Result<()> {
    let directory = Directory::sample(database).await?;
    let mix = Arc::new(questions(&directory, QUESTIONS, NAMES, 1)?);
    let address = server.address;
    rush::closed_loop(address, READERS, WARM_UP, &mix).await?;

    let spent = || Spent::until_now(server.pid()?, database::postmaster(&database.data_dir)?);
    let before = spent()?;
    let fastest = rush::closed_loop(address, READERS, LENGTH, &mix).await?;
    let each = spent()?.each(&before, fastest.latencies.count());
    report.line(row("closed loop", &fastest));
    report.line(each);
    no_error(report, &fastest);
    let p99 = fastest.latencies.quantile_ms(0.99);
    report.aim(
        fastest.rate >= RATE_BAR && p99 < RATE_P99_BAR_MS,
        format!(
            "{:.0} searches/s, p99 {p99:.2} ms ({RATE_BAR:.0}/s under {RATE_P99_BAR_MS} ms)",
            fastest.rate
        ),
    );

    let steady = rush::open_loop(address, READERS, STEADY, LENGTH, &mix).await?;
    report.line(row("open loop", &steady));
    no_error(report, &steady);
    let p99 = steady.latencies.quantile_ms(0.99);
    report.aim(
        p99 < STEADY_P99_BAR_MS,
        format!("at {STEADY:.0}/s p99 {p99:.2} ms (under {STEADY_P99_BAR_MS} ms)"),
    );

    let only_names = Arc::new(questions(&directory, QUESTIONS / 4, 100, 2)?);
    report.line(row("names alone", &rush::closed_loop(address, READERS, WARM_UP, &only_names).await?));
    let one = Arc::new(vec![worst(database).await?]);
    report.line(row("worst, one by one", &rush::closed_loop(address, 1, WARM_UP, &one).await?));
    everything(report, server, database, tokens, &mix).await
}

/// The whole load that was asked for, at once.
async fn everything(
    report: &mut Report,
    server: &Server,
    database: &Database,
    tokens: &Tokens,
    mix: &Arc<Vec<Vec<u8>>>,
) -> Result<()> {
    let group = Practices::free_group(database).await?;
    let practices = Practices::make(database, group, PRACTITIONERS, PATIENTS, true).await?;
    let slots: Vec<Vec<u8>> =
        (0..PRACTITIONERS).map(|number| slot_view(&practices, number)).collect::<Result<_>>()?;
    let slots = Arc::new(slots);
    let booker = Arc::new(Booker::new(practices, tokens, Connections::new(server.address, 64))?);
    let book = async |length| {
        let tally = Arc::new(Tally::new());
        let counted = Arc::clone(&tally);
        open_loop(BOOKINGS_A_SECOND, length, |due| {
            let (booker, tally) = (Arc::clone(&booker), Arc::clone(&counted));
            async move { booker.book(due, &tally).await }
        })
        .await?;
        anyhow::Ok(tally)
    };
    book(Duration::from_secs(3)).await?;
    let (searched, viewed, booked) = tokio::try_join!(
        rush::open_loop(server.address, 16, SEARCHES_A_SECOND, ALL_LENGTH, mix),
        rush::open_loop(server.address, 16, SLOTS_A_SECOND, ALL_LENGTH, &slots),
        book(ALL_LENGTH)
    )?;
    report.line(row("all: searches", &searched));
    report.line(row("all: slot views", &viewed));
    report.line(booked.both.row("all: bookings"));
    no_error(report, &searched);
    no_error(report, &viewed);
    report.must(
        booked.surprises.total() == 0,
        format!("every booking succeeds; other answers: {}", booked.surprises.list()),
    );
    let (search, booking) = (searched.latencies.quantile_ms(0.99), booked.both.quantile_ms(0.99));
    report.aim(
        search < ALL_SEARCH_BAR_MS && booking < ALL_BOOKING_BAR_MS,
        format!(
            "all at once ({SEARCHES_A_SECOND:.0} searches, {BOOKINGS_A_SECOND:.0} bookings, {SLOTS_A_SECOND:.0} slot views a second): searches p99 \
             {search:.2} ms (under {ALL_SEARCH_BAR_MS} ms), bookings p99 {booking:.2} ms (under {ALL_BOOKING_BAR_MS} ms)"
        ),
    );
    Ok(())
}

fn slot_view(practices: &Practices, number: u64) -> Result<Vec<u8>> {
    let slot = practices.slot_of(number, 0);
    let from = Timestamp::from_second(SystemClock.now().as_second())?;
    let until = from.checked_add(SignedDuration::from_hours(24 * 14))?;
    let query = format!("from={from}&to={until}&visit_type_id={}", slot.visit_type);
    Ok(get(&format!("/v1/practitioners/{}/slots?{query}", slot.practitioner), None))
}

fn no_error(report: &mut Report, rush: &Rush) {
    let list = rush.surprises.list();
    report.must(rush.surprises.total() == 0, format!("no error; other answers: {list}"));
}

fn row(name: &str, rush: &Rush) -> String {
    let each = rush.bytes.load(Ordering::Relaxed) / rush.latencies.count().max(1);
    format!("{}   {:>6.0}/s of {each} bytes", rush.latencies.row(name), rush.rate)
}
