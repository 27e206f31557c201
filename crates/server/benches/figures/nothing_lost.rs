//! Nothing lost: the server and PostgreSQL are killed in the middle of the load, several times.
//!
//! Every patient insists: whoever got no answer asks again with the same key until there is one. A ledger keeps what
//! was acknowledged. At the end the database has exactly the ledger's visits, and the same keys get the same answers.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rendez_vocab::ids::AppointmentId;
use tokio::time::Instant;
use uuid::Uuid;

use crate::booking::{Booker, Visit};
use crate::bookings::PATIENTS;
use crate::database::{self, Database};
use crate::http::Connections;
use crate::ledger::Ledger;
use crate::load::open_loop;
use crate::practices::Practices;
use crate::report::Report;
use crate::server::Server;
use crate::stage::Stage;
use crate::tally::Latencies;

const GROUP: u8 = 7;
const PRACTITIONERS: u64 = 200;
const A_SECOND: f64 = 1000.0 / 3.0;
const CONNECTIONS: usize = 64;
/// The server so often, then PostgreSQL so often.
const KILLS_EACH: usize = 3;
/// From one kill to the next.
const BETWEEN: Duration = Duration::from_secs(8);
/// Longer than [`BETWEEN`], so that a slow recovery is told from none.
const RECOVERED_WITHIN: Duration = Duration::from_secs(60);
/// Confirmed visits whose requests are sent once more at the end.
const REPEATED: usize = 1000;

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let mut stage = Stage::set().await?;
    let practices = Practices::make(&stage.database, GROUP, PRACTITIONERS, PATIENTS, true).await?;
    let connections = Connections::new(stage.address(), CONNECTIONS);
    let booker = Arc::new(Booker::new(practices, &stage.tokens, connections)?);
    let (ledger, waits) = (Arc::new(Ledger::default()), Arc::new(Latencies::new()));

    // One interval before the first kill, one after each, one to spare.
    let length = BETWEEN * (2 * KILLS_EACH as u32 + 2);
    let load = open_loop(A_SECOND, length, |due| {
        let (booker, ledger, waits) = (Arc::clone(&booker), Arc::clone(&ledger), Arc::clone(&waits));
        async move {
            let n = booker.next();
            if ledger.insist_on(&booker, n).await {
                waits.record(Instant::now() - due);
            }
        }
    });
    let ((), ()) = tokio::try_join!(load, disturb(&mut stage, &ledger, report))?;

    report.line(waits.row("hold + confirm"));
    report.line(format!(
        "{} bookings asked for; answers meanwhile that made a patient ask again: {}",
        ledger.asked(),
        ledger.asked_again()
    ));
    stage.database = Database::connect(&stage.folder.data_dir()).await?;
    judge(&stage, &booker, &ledger, report).await?;
    stage.strike().await
}

/// Kills, and has the server started again when it is the server that died.
async fn disturb(stage: &mut Stage, ledger: &Ledger, report: &mut Report) -> Result<()> {
    let data_dir = stage.folder.data_dir();
    tokio::time::sleep(BETWEEN).await;
    for turn in 0..2 * KILLS_EACH {
        let killed_at = Instant::now();
        let what = if turn < KILLS_EACH {
            stage.server.kill().await?;
            let (server, ready) = Server::start(&data_dir, stage.address(), false, "/readyz").await?;
            stage.server = server;
            format!("the server: started again, ready after {:.0} ms", ms(ready))
        } else {
            kill(Pid::from_raw(database::postmaster(&data_dir)?), Signal::SIGKILL)?;
            tokio::time::sleep(BETWEEN / 2).await;
            if stage.server.is_alive() {
                "PostgreSQL: the server stayed".to_owned()
            } else {
                stage.server = Server::start(&data_dir, stage.address(), false, "/readyz").await?.0;
                "PostgreSQL: the server ended with it and was started again".to_owned()
            }
        };
        tokio::time::sleep_until(killed_at + BETWEEN).await;
        recovered(ledger).await?;
        report.line(format!(
            "kill -9 of {what}; nobody was answered for {:.0} ms",
            ms(ledger.silence_since(killed_at))
        ));
    }
    Ok(())
}

async fn recovered(ledger: &Ledger) -> Result<()> {
    let until = Instant::now() + RECOVERED_WITHIN;
    while !ledger.is_answered() {
        ensure!(Instant::now() < until, "nobody is answered any more");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn judge(stage: &Stage, booker: &Booker, ledger: &Ledger, report: &mut Report) -> Result<()> {
    let refused = ledger.refused();
    report.must(
        ledger.unanswered() == 0 && refused.total() == 0,
        format!(
            "everybody was answered in the end; {} were not; refusals: {}",
            ledger.unanswered(),
            refused.list()
        ),
    );
    let visits = ledger.visits();
    let ids: Vec<Uuid> =
        visits.iter().filter_map(|(_, id)| id.parse::<AppointmentId>().ok()).map(|id| id.uuid()).collect();
    let different = ids.iter().collect::<std::collections::HashSet<_>>().len();
    report.must(
        different == visits.len(),
        format!("{} visits acknowledged, {different} different ones", visits.len()),
    );

    let sql = "SELECT count(*) FILTER (WHERE a.id IS NULL), count(*) FILTER (WHERE a.status <> 'booked'),
            count(*) FILTER (WHERE a.id IS NOT NULL AND (theirs.id IS NULL OR own.id IS NULL))
        FROM unnest($1::uuid[]) acked (id)
        LEFT JOIN appointment a ON a.id = acked.id
        LEFT JOIN claim theirs ON theirs.calendar_id = a.practitioner_calendar AND theirs.starts_at = a.claim_starts_at
            AND theirs.ends_at = a.claim_ends_at AND theirs.owner_id = a.id AND theirs.kind = 'appointment'
        LEFT JOIN claim own ON own.calendar_id = a.patient_calendar AND own.starts_at = a.starts_at
            AND own.ends_at = a.ends_at AND own.owner_id = a.id AND own.kind = 'appointment'";
    let row = stage.database.client.query_one(sql, &[&ids]).await?;
    let (lost, unconfirmed, unclaimed): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    report.must(
        (lost, unconfirmed, unclaimed) == (0, 0, 0),
        format!("in the database: {lost} lost, {unconfirmed} not booked, {unclaimed} without a claim"),
    );
    let ours = booker.practices().is_ours("practitioner_id");
    let sql = format!("SELECT count(*) FROM appointment WHERE {ours}");
    let (all, overlaps) = (stage.database.number(&sql).await?, stage.database.overlaps().await?);
    report.must(
        all == visits.len() as i64 && overlaps == 0,
        format!("{all} visits stand there, no more and no fewer; {overlaps} overlaps"),
    );
    let step = (visits.len() / REPEATED).max(1);
    let (mut repeated, mut other) = (0, 0);
    for (n, id) in visits.iter().step_by(step) {
        for (request, status) in [(booker.hold_request(*n), 201), (booker.confirm_request(*n, id), 200)] {
            let answer = booker.connections().ask(&request).await?;
            let same = answer.status == status && answer.json::<Visit>().is_ok_and(|visit| visit.id == *id);
            repeated += 1;
            other += i32::from(!same);
        }
    }
    report.must(
        other == 0,
        format!("{repeated} requests sent once more: {other} got another answer than the first"),
    );
    Ok(())
}
