//! A whole country on one machine: started cold, searched at full speed, booked in meanwhile, followed by a second node,
//! checked, stopped and started again from its own file; and the same questions put to PostgreSQL alone.

mod data;
mod fresh;
mod load;
mod questions;
mod rush;
mod sql;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rendez_vocab::clock::{Clock, SystemClock};
use serde_json::Value;
use tokio::time::Instant;

use crate::database::Database;
use crate::http::{Connections, get, post};
use crate::report::Report;
use crate::server::{self, Server};
use crate::tokens::Tokens;
use data::Country;

const COLD_BAR: Duration = Duration::from_secs(25);
const WARM_BAR: Duration = Duration::from_secs(2);
const MEMORY_BAR_MB: f64 = 1_200.0;
const CHECK_BAR: Duration = Duration::from_secs(60);
const CHECK_PATIENCE: Duration = Duration::from_secs(600);

/// The search of a country, through HTTP.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let country = Country::ready(report).await?;
    let data_dir = country.data_dir();
    let address = server::free_address()?;
    // Twice, the own file away each time: PostgreSQL's pages stand in the machine's memory at the second.
    for (name, flags) in [("PostgreSQL, first", &[][..]), ("PostgreSQL, again", &[])] {
        country.forget_own_file()?;
        let (server, took) = Server::start_with(&data_dir, address, flags, "/readyz").await?;
        report.line(format!("{name:<18} ready to search after {:.1} s", took.as_secs_f64()));
        if name.ends_with("again") {
            let bar = COLD_BAR.as_secs();
            report.aim(
                took < COLD_BAR,
                format!("cold start from PostgreSQL {:.1} s (under {bar} s)", took.as_secs_f64()),
            );
        }
        server.stop().await?;
    }
    let (server, took) = Server::start_with(&data_dir, address, &[], "/readyz").await?;
    report.aim(
        took < WARM_BAR,
        format!(
            "start from its own file {:.2} s, PostgreSQL's start included (under {} s)",
            took.as_secs_f64(),
            WARM_BAR.as_secs()
        ),
    );
    let database = Database::connect(&data_dir).await?;
    let tokens = Tokens::open(&data_dir)?;
    load::measure(report, &server, &database, &tokens).await?;
    let memory = server.resident_mb()?;
    report.aim(
        memory < MEMORY_BAR_MB,
        format!("memory of the server {memory:.0} MB (under {MEMORY_BAR_MB:.0} MB)"),
    );
    fresh::measure(report, &server, &data_dir, &database, &tokens).await?;
    check(report, &server, &tokens).await?;
    drop(database);
    server.stop().await
}

/// The same questions to PostgreSQL alone.
pub(crate) async fn compare(report: &mut Report) -> Result<()> {
    let country = Country::ready(report).await?;
    let data_dir = country.data_dir();
    let (server, _) = Server::start_with(&data_dir, server::free_address()?, &[], "/readyz").await?;
    let database = Database::connect(&data_dir).await?;
    sql::measure(report, &server, &database).await?;
    drop(database);
    server.stop().await
}

/// Index against database, the whole of it, while nothing else happens.
async fn check(report: &mut Report, server: &Server, tokens: &Tokens) -> Result<()> {
    let connections = Connections::new(server.address, 1);
    let token = tokens.admin()?;
    let begun = Instant::now();
    // A key of its own: a country that is kept remembers the answers of earlier runs.
    let key = format!("check-{}", SystemClock.now());
    let started = connections.ask(&post("/v1/index/check", &token, &key, "{}")).await?;
    ensure!(started.status == 202, "the check is answered with {}", started.name());
    let found = loop {
        let answer = connections.ask(&get("/v1/index", Some(&token))).await?;
        ensure!(answer.status == 200, "the index is described with {}", answer.name());
        let state: Value = answer.json()?;
        if !state["last_check"].is_null() && state["checking"].is_null() {
            break state["last_check"].clone();
        }
        ensure!(begun.elapsed() < CHECK_PATIENCE, "the check does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let took = begun.elapsed();
    let differing = found["differing"].as_u64().context("a check that says how many differed")?;
    report.line(format!("check: {found}"));
    report.must(differing == 0, format!("index and database agree: {differing} practitioners differed"));
    let bar = CHECK_BAR.as_secs();
    report.aim(
        took < CHECK_BAR,
        format!("check of the whole index {:.1} s (under {bar} s)", took.as_secs_f64()),
    );
    Ok(())
}
