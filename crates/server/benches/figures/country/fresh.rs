//! How soon a booking is gone from the search: on the node that booked it, and on a second node that only follows.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::time::Instant;

use crate::booking::{Booker, Tally};
use crate::bookings::PATIENTS;
use crate::database::Database;
use crate::http::{Connections, get, post};
use crate::load::open_loop;
use crate::practices::{Practices, family_name};
use crate::report::Report;
use crate::server::{self, Server};
use crate::stage::Folder;
use crate::tally::Latencies;
use crate::tokens::Tokens;

/// Who is booked and looked for.
const PRACTITIONERS: u64 = 50;
const LOOK_EVERY: Duration = Duration::from_millis(2);
const TURNS: u64 = 1_000;
const BOOKINGS_A_SECOND: f64 = 1000.0 / 3.0;
const PATIENCE: Duration = Duration::from_secs(10);
const KNOWN_WITHIN: Duration = Duration::from_secs(30);
const FOLLOWING_BAR_MS: f64 = 50.0;

pub(crate) async fn measure(
    report: &mut Report,
    server: &Server,
    data_dir: &Path,
    database: &Database,
    tokens: &Tokens,
) -> Result<()> {
    let group = Practices::free_group(database).await?;
    let practices = Practices::make(database, group, PRACTITIONERS, PATIENTS, false).await?;
    tell(database, &practices).await?;
    let crowd =
        Practices::make(database, Practices::free_group(database).await?, 200, PATIENTS, false).await?;
    tell(database, &crowd).await?;
    let booker = Arc::new(Booker::new(crowd, tokens, Connections::new(server.address, 64))?);

    let folder = Folder::new()?;
    let own = folder.data_dir();
    std::fs::create_dir_all(&own)?;
    let url = database.url();
    ensure!(data_dir.is_dir(), "the first node's data directory is there");
    let flags = ["--roles", "api,search", "--database-url", &url];
    let (follower, took) = Server::start_with(&own, server::free_address()?, &flags, "/readyz").await?;
    report.line(format!("a second node was ready after {:.1} s", took.as_secs_f64()));
    let probe = Probe {
        here: Connections::new(server.address, 2),
        there: Connections::new(follower.address, 2),
        practices,
        tokens,
    };
    probe.known(&probe.here).await?;
    probe.known(&probe.there).await?;

    // As long as the crowd books, and not longer: the figure is one under load.
    let crowd = {
        let tally = Arc::new(Tally::new());
        let counted = Arc::clone(&tally);
        let length = Duration::from_secs(30);
        async move {
            open_loop(BOOKINGS_A_SECOND, length, |due| {
                let (booker, tally) = (Arc::clone(&booker), Arc::clone(&counted));
                async move { booker.book(due, &tally).await }
            })
            .await?;
            anyhow::Ok(tally)
        }
    };
    let (tally, probed) = tokio::join!(crowd, probe.run(Instant::now() + Duration::from_secs(29)));
    let (tally, probed) = (tally?, probed?);
    report.line(tally.both.row("bookings 333/s"));
    report.line(probed.behind.row("following node"));
    report.must(
        probed.stale == 0 && probed.turns > 20,
        format!(
            "on the node that booked {} of {} times were shown after their booking",
            probed.stale, probed.turns
        ),
    );
    let p99 = probed.behind.quantile_ms(0.99);
    report.aim(
        p99 < FOLLOWING_BAR_MS,
        format!("on a following node gone after p99 {p99:.1} ms (under {FOLLOWING_BAR_MS} ms)"),
    );
    follower.stop().await
}

/// Rows that came by SQL are told as the program tells its own.
async fn tell(database: &Database, practices: &Practices) -> Result<()> {
    let sql = format!(
        "INSERT INTO change (kind, practitioner_id, subject_id) SELECT 'schedule', id, id FROM practitioner WHERE {}",
        practices.is_ours("id")
    );
    database.client.execute(&sql, &[]).await?;
    Ok(())
}

struct Probed {
    behind: Latencies,
    stale: u64,
    turns: u64,
}

struct Probe<'a> {
    here: Connections,
    there: Connections,
    practices: Practices,
    tokens: &'a Tokens,
}

impl Probe<'_> {
    /// Waits until everybody can be found.
    async fn known(&self, node: &Connections) -> Result<()> {
        let until = Instant::now() + KNOWN_WITHIN;
        for number in 0..PRACTITIONERS {
            while self.shown(node, number).await?.is_empty() {
                ensure!(Instant::now() < until, "practitioner {number} is not found");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// Books what is offered first, again and again, and looks for it at once.
    async fn run(&self, until: Instant) -> Result<Probed> {
        let mut probed = Probed { behind: Latencies::new(), stale: 0, turns: 0 };
        for turn in 0..TURNS {
            if Instant::now() >= until {
                break;
            }
            let number = turn % PRACTITIONERS;
            let shown = self.shown(&self.here, number).await?;
            let slot = shown.first().context("a practitioner without a time")?;
            let patient = self.practices.patient(turn);
            let body = format!(r#"{{"slot_id":"{slot}","patient_id":"{patient}"}}"#);
            let request =
                post("/v1/appointments", &self.tokens.patient(patient)?, &format!("fresh-{turn}"), &body);
            let held = self.here.ask(&request).await?;
            ensure!(held.status == 201, "a hold is answered with {}", held.name());
            let held_at = Instant::now();
            probed.stale += u64::from(self.shown(&self.here, number).await?.contains(slot));
            while self.shown(&self.there, number).await?.contains(slot) {
                ensure!(held_at.elapsed() < PATIENCE, "a following node does not learn of a booking");
                // Whoever asks without a pause takes the processor from those who are measured.
                tokio::time::sleep(LOOK_EVERY).await;
            }
            probed.behind.record(held_at.elapsed());
            probed.turns += 1;
        }
        Ok(probed)
    }

    /// The slots that a node shows of a practitioner.
    async fn shown(&self, node: &Connections, number: u64) -> Result<Vec<String>> {
        let id = self.practices.practitioner(number).to_string();
        let name = family_name(self.practices.group());
        let path = format!("/v1/search?q=anne%20{name}%20{number}&lat=48.11&lon=-1.68&radius_km=1&limit=100");
        let answer = node.ask(&get(&path, None)).await?;
        ensure!(answer.status == 200, "a search is answered with {}", answer.name());
        let found: Value = answer.json()?;
        let results = found["results"].as_array().context("results")?;
        let ours = results.iter().find(|result| result["practitioner"]["id"] == id.as_str());
        let slots = ours.and_then(|result| result["next_slots"].as_array());
        Ok(slots.into_iter().flatten().filter_map(|slot| Some(slot["id"].as_str()?.to_owned())).collect())
    }
}
