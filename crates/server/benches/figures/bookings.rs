//! Bookings: hold and confirm through HTTP, durable, 333 a second for a minute, at the patients' own pace.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::booking::{Booker, Tally};
use crate::http::Connections;
use crate::load::open_loop;
use crate::practices::Practices;
use crate::report::Report;
use crate::stage::Stage;

const GROUP: u8 = 2;
const PRACTITIONERS: u64 = 200;
/// No multiple of the practitioners, so that patients and practitioners meet in ever new pairs.
pub(crate) const PATIENTS: u64 = 2003;
/// 20,000 a minute.
const A_SECOND: f64 = 1000.0 / 3.0;
const CONNECTIONS: usize = 64;
const WARM_UP: Duration = Duration::from_secs(3);
const BAR_MS: f64 = 100.0;

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let stage = Stage::set().await?;
    let durability = stage.database.durability().await?;
    // Every patient has an address: each confirmation also queues, renders and keeps a mail.
    let practices = Practices::make(&stage.database, GROUP, PRACTITIONERS, PATIENTS, true).await?;
    let connections = Connections::new(stage.address(), CONNECTIONS);
    let booker = Arc::new(Booker::new(practices, &stage.tokens, connections)?);

    let warm = run(&booker, WARM_UP).await?;
    let length = crate::load_length();
    let before = stage.spent()?;
    let tally = run(&booker, length).await?;
    let spent = stage.spent()?.each(&before, tally.both.count());
    report.line(format!("open loop, {A_SECOND:.0} bookings/s for {} s; {durability}", length.as_secs()));
    report.line(tally.hold.row("hold"));
    report.line(tally.confirm.row("confirm"));
    report.line(tally.both.row("hold + confirm"));
    report.line(spent);
    report.line(format!("resident memory of the server after it: {:.1} MB", stage.server.resident_mb()?));
    report.must(tally.surprises.total() == 0, format!("no error; other answers: {}", tally.surprises.list()));
    let p99 = tally.both.quantile_ms(0.99);
    report.aim(p99 < BAR_MS, format!("p99 of hold + confirm {p99:.2} ms (under {BAR_MS} ms)"));

    let answered = (warm.both.count() + tally.both.count()) as i64;
    let ours = booker.practices().is_ours("practitioner_id");
    let sql = format!("SELECT count(*) FROM appointment WHERE status = 'booked' AND {ours}");
    let (booked, overlaps) = (stage.database.number(&sql).await?, stage.database.overlaps().await?);
    report.must(
        booked == answered && overlaps == 0,
        format!("in the database: {booked} booked of {answered} answered, {overlaps} overlaps"),
    );
    stage.strike().await
}

async fn run(booker: &Arc<Booker>, length: Duration) -> Result<Arc<Tally>> {
    let tally = Arc::new(Tally::new());
    open_loop(A_SECOND, length, |due| {
        let (booker, tally) = (Arc::clone(booker), Arc::clone(&tally));
        async move { booker.book(due, &tally).await }
    })
    .await?;
    Ok(tally)
}
