//! Search on the demo data: how long a patient waits for a page of results. No bar: the index has an issue of its own.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use crate::http::{Connections, get};
use crate::load::closed_loop;
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::{Latencies, Surprises};

const WARM_UP: Duration = Duration::from_secs(2);
const LENGTH: Duration = Duration::from_secs(8);

/// What people ask for, and its name in the table.
const QUESTIONS: &[(&str, &str)] = &[
    ("near Rennes", "/v1/search?specialty=general-practice&lat=48.11&lon=-1.68&radius_km=25"),
    ("in Brest", "/v1/search?specialty=dentistry&place=Brest"),
    ("by name", "/v1/search?q=martin"),
    ("Saturdays", "/v1/search?specialty=general-practice&lat=48.11&lon=-1.68&radius_km=50&days=sat"),
];

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let (stage, _) = Stage::set_with(true).await?;
    let practitioners = stage.database.number("SELECT count(*) FROM practitioner").await?;
    let visits = stage.database.number("SELECT count(*) FROM appointment").await?;
    report.line(format!("demo data: {practitioners} practitioners, {visits} visits; informative, no bar"));
    let connections = Arc::new(Connections::new(stage.address(), 4));
    for (name, path) in QUESTIONS {
        let one = connections.ask(&get(path, None)).await?;
        let alone = ask(&connections, path, 1).await?;
        report.line(alone.0.row(name));
        report.line(format!("{:<16} {} bytes; other answers: {}", "", one.body.len(), alone.1.list()));
    }
    let (_, path) = QUESTIONS[0];
    let busy = ask(&connections, path, 4).await?;
    report.line(busy.0.row("four at once"));
    stage.strike().await
}

async fn ask(
    connections: &Arc<Connections>,
    path: &str,
    clients: usize,
) -> Result<Arc<(Latencies, Surprises)>> {
    let request = Arc::new(get(path, None));
    let asked = Arc::new((Latencies::new(), Surprises::default()));
    let work = {
        let (connections, asked) = (Arc::clone(connections), Arc::clone(&asked));
        move || {
            let (connections, request, asked) =
                (Arc::clone(&connections), Arc::clone(&request), Arc::clone(&asked));
            async move {
                let sent = Instant::now();
                match connections.ask(&request).await {
                    Ok(answer) if answer.status == 200 => asked.0.record(sent.elapsed()),
                    Ok(answer) => asked.1.count(answer.name()),
                    Err(error) => asked.1.count(format!("connection: {}", error.kind())),
                }
            }
        }
    };
    closed_loop(clients, WARM_UP, LENGTH, work).await?;
    Ok(asked)
}
