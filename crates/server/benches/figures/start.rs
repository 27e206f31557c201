//! Start and memory: until the server is ready, on a new and on an existing data directory; what it takes idle.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::booking::{Booker, Visit};
use crate::http::{Connections, get};
use crate::practices::Practices;
use crate::report::Report;
use crate::server::{self, Server};
use crate::stage::{Folder, Stage};

const GROUP: u8 = 6;
const TIMES: usize = 5;
const NEW_BAR: Duration = Duration::from_secs(8);
const EXISTING_BAR: Duration = Duration::from_secs(1);
const MEMORY_BAR_MB: f64 = 80.0;
const PAGE_BAR: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(3);

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    starts(report).await?;
    memory(report).await?;
    demo(report).await
}

async fn starts(report: &mut Report) -> Result<()> {
    let (mut new, mut existing, mut crashed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let folder = Folder::new()?;
        let start =
            async || Server::start(&folder.data_dir(), server::free_address()?, false, "/readyz").await;
        let (server, took) = start().await?;
        new.push(took);
        server.stop().await?;
        let (mut server, took) = start().await?;
        existing.push(took);
        server.kill().await?;
        let (server, took) = start().await?;
        crashed.push(took);
        server.stop().await?;
    }
    report.line(row("new directory", &new));
    report.line(row("existing", &existing));
    report.line(row("after kill -9", &crashed));
    let slowest = |times: &[Duration]| times.iter().copied().max().unwrap_or_default();
    report.aim(slowest(&new) < NEW_BAR, format!("ready on a new directory within {NEW_BAR:?}"));
    report.aim(
        slowest(&existing) < EXISTING_BAR,
        format!("ready on an existing directory within {EXISTING_BAR:?}"),
    );
    Ok(())
}

fn row(name: &str, times: &[Duration]) -> String {
    let each: Vec<String> = times.iter().map(|time| format!("{:.0}", time.as_secs_f64() * 1000.0)).collect();
    format!("{name:<16} ready after {} ms", each.join(", "))
}

async fn memory(report: &mut Report) -> Result<()> {
    let stage = Stage::set().await?;
    tokio::time::sleep(IDLE).await;
    let at_first = stage.server.resident_mb()?;
    thousand_requests(&stage).await?;
    tokio::time::sleep(IDLE).await;
    let later = stage.server.resident_mb()?;
    report.line(format!(
        "resident memory of the server: {at_first:.1} MB after its start, {later:.1} MB after 1,000 requests"
    ));
    report.aim(at_first.max(later) < MEMORY_BAR_MB, format!("idle memory under {MEMORY_BAR_MB} MB"));
    stage.strike().await
}

/// 250 times: slots, hold, confirm, read.
async fn thousand_requests(stage: &Stage) -> Result<()> {
    let practices = Practices::make(&stage.database, GROUP, 50, 250, false).await?;
    let booker = Booker::new(practices, &stage.tokens, Connections::new(stage.address(), 8))?;
    for turn in 0..250 {
        let slot = booker.practices().slot(turn);
        let day = slot.start().to_string().chars().take(10).collect::<String>();
        let query = format!("from={day}T00:00:00Z&to={day}T23:00:00Z&visit_type_id={}", slot.visit_type);
        let path = format!("/v1/practitioners/{}/slots?{query}", slot.practitioner);
        let answer = booker.connections().ask(&get(&path, None)).await?;
        ensure!(answer.status == 200, "slots: {}", answer.name());
        let n = booker.next();
        let held = booker.connections().ask(&booker.hold_request(n)).await?;
        let visit: Visit = held.json()?;
        let booked = booker.connections().ask(&booker.confirm_request(n, &visit.id)).await?;
        ensure!(booked.status == 200, "confirm: {}", booked.name());
        let token = stage.tokens.patient(booker.practices().patient(booker.practices().patient_number(n)))?;
        let read =
            booker.connections().ask(&get(&format!("/v1/appointments/{}", visit.id), Some(&token))).await?;
        ensure!(read.status == 200, "read: {}", read.name());
    }
    Ok(())
}

async fn demo(report: &mut Report) -> Result<()> {
    let (stage, took) = Stage::set_with(true).await?;
    let data_dir = stage.folder.data_dir();
    let address = stage.address();
    let loaded = stage.server.resident_mb()?;
    let Stage { server, database, folder, .. } = stage;
    drop(database);
    server.stop().await?;
    let (server, again) = Server::start(&data_dir, address, true, "/").await?;
    tokio::time::sleep(IDLE).await;
    let idle = server.resident_mb()?;
    report.line(format!(
        "with demo data: first page after {:.1} s on a new directory, {:.0} ms on an existing one; {loaded:.1} MB, {idle:.1} MB",
        took.as_secs_f64(),
        again.as_secs_f64() * 1000.0
    ));
    report.aim(again < PAGE_BAR, format!("a warm start shows the page within {PAGE_BAR:?}"));
    server.stop().await?;
    drop(folder);
    Ok(())
}
