//! Pages: how long the server takes for each, what a browser loads, when it can be used on a slow machine, and how long a
//! time that was taken elsewhere stays to be seen.

mod browser;
mod live;
mod weight;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rendez_platform::auth::SessionToken;
use rendez_vocab::entropy::SeededEntropy;
use tokio::time::Instant;

use crate::http::Connections;
use crate::load::open_loop;
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::{Latencies, Surprises};

const A_SECOND: f64 = 200.0;
const WARM_UP: Duration = Duration::from_secs(1);
const LENGTH: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 32;
const BAR_MS: f64 = 15.0;

/// A page and who opens it.
struct Page {
    name: &'static str,
    path: String,
    /// The value of the session's cookie; empty for nobody.
    session: String,
}

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let (stage, _) = Stage::set_with(true).await?;
    let pages = pages(&stage).await?;
    let connections = Arc::new(Connections::new(stage.address(), CONNECTIONS));
    connections.open(CONNECTIONS).await?;
    for page in &pages {
        ask(&connections, page, WARM_UP).await?;
        let (latencies, surprises) = &*ask(&connections, page, LENGTH).await?;
        report.line(latencies.row(page.name));
        report.must(surprises.total() == 0, format!("no error; other answers: {}", surprises.list()));
        let p99 = latencies.quantile_ms(0.99);
        report
            .aim(p99 < BAR_MS, format!("{} at {A_SECOND}/s: p99 {p99:.2} ms (under {BAR_MS} ms)", page.name));
    }
    weight::measure(report, &stage, &pages).await?;
    live::measure(report, &stage).await?;
    stage.strike().await
}

/// Every kind of page, with somebody signed in where that is needed.
async fn pages(stage: &Stage) -> Result<Vec<Page>> {
    let sql = "SELECT practitioner_id FROM account WHERE role = 'practitioner' ORDER BY id LIMIT 1";
    let doctor: uuid::Uuid = stage.database.client.query_one(sql, &[]).await?.get(0);
    let doctor = rendez_vocab::ids::PractitionerId::from_uuid(doctor);
    let (patient, desk, admin) =
        (session(stage, "patient").await?, session(stage, "staff").await?, session(stage, "admin").await?);
    let sql = "SELECT p.id FROM account a JOIN account_organization o ON o.account_id = a.id
        JOIN practitioner p ON p.organization_id = o.organization_id WHERE a.role = 'staff' ORDER BY a.id, p.id LIMIT 1";
    let own: uuid::Uuid = stage.database.client.query_one(sql, &[]).await?.get(0);
    let own = rendez_vocab::ids::PractitionerId::from_uuid(own);
    let page = |name, path: &str, session: &str| Page { name, path: path.into(), session: session.into() };
    Ok(vec![
        page("home", "/", ""),
        page("results", "/search?q=dentiste&place=Rennes", ""),
        page("nothing found", "/search?q=dermatologue&place=Ouessant&distance=5", ""),
        page("practitioner", &format!("/practitioners/{doctor}"), ""),
        page("sign in", "/sign-in", ""),
        page("my visits", "/visits", &patient),
        page("waiting list", "/waiting", &patient),
        page("account", "/account", &patient),
        page("agenda, day", "/practice/agenda", &desk),
        page("agenda, week", &format!("/practice/agenda?view=week&who={own}"), &desk),
        page("agenda, week of several", "/practice/agenda?view=week", &desk),
        page("agenda, month", "/practice/agenda?view=month", &desk),
        page("day list", "/practice/day", &desk),
        page("opening hours", "/practice/hours", &desk),
        page("visit types", "/practice/visit-types", &desk),
        page("staff", "/practice/staff", &desk),
        page("trail", "/practice/trail", &desk),
        page("operations", "/ops", &admin),
    ])
}

/// Signs in the demo's account of a role.
async fn session(stage: &Stage, role: &str) -> Result<String> {
    let token = SessionToken::new(&SeededEntropy::new(role.bytes().map(u64::from).sum()));
    let sql = "INSERT INTO session (token_hash, account_id, expires_at)
        SELECT $1, id, rendez_now() + interval '1 day' FROM account WHERE role = $2 ORDER BY id LIMIT 1";
    let made = stage.database.client.execute(sql, &[&token.hash().as_bytes(), &role]).await?;
    anyhow::ensure!(made == 1, "the demo has no {role}");
    Ok(token.reveal())
}

async fn ask(
    connections: &Arc<Connections>,
    page: &Page,
    length: Duration,
) -> Result<Arc<(Latencies, Surprises)>> {
    let request = Arc::new(
        format!("GET {} HTTP/1.1\r\nhost: localhost\r\ncookie: session={}\r\n\r\n", page.path, page.session)
            .into_bytes(),
    );
    let asked = Arc::new((Latencies::new(), Surprises::default()));
    open_loop(A_SECOND, length, |due| {
        let (connections, request, asked) =
            (Arc::clone(connections), Arc::clone(&request), Arc::clone(&asked));
        async move {
            match connections.ask(&request).await {
                Ok(answer) if answer.status == 200 => asked.0.record(Instant::now() - due),
                Ok(answer) => asked.1.count(answer.status.to_string()),
                Err(error) => asked.1.count(format!("connection: {}", error.kind())),
            }
        }
    })
    .await
    .with_context(|| page.name)?;
    Ok(asked)
}
