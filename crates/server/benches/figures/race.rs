//! The race: 500 patients over 64 connections want 20 slots of one practitioner.
//!
//! Exactly 20 get one, everybody else is told that it is taken and what is free instead.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::booking::Visit;
use crate::http::{Answer, Connections, post};
use crate::practices::Practices;
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::{Latencies, Surprises};

const GROUP: u8 = 1;
const CALLERS: u64 = 500;
const CONNECTIONS: usize = 64;
const SLOTS: u64 = 20;
/// A practitioner for each round.
const ROUNDS: u64 = 20;

#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    alternatives: Vec<serde::de::IgnoredAny>,
}

struct Heat {
    latencies: Latencies,
    /// Who won, and what.
    won: Mutex<Vec<(u64, Visit)>>,
    refused_well: AtomicU64,
    surprises: Surprises,
}

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let stage = Stage::set().await?;
    let practices = Practices::make(&stage.database, GROUP, ROUNDS, CALLERS, false).await?;
    let tokens: Result<Vec<String>> =
        (0..CALLERS).map(|number| stage.tokens.patient(practices.patient(number))).collect();
    let tokens = tokens?;
    let connections = Arc::new(Connections::new(stage.address(), CONNECTIONS));
    connections.open(CONNECTIONS).await?;

    let heat = Arc::new(Heat {
        latencies: Latencies::new(),
        won: Mutex::default(),
        refused_well: AtomicU64::new(0),
        surprises: Surprises::default(),
    });
    let (mut raced, mut won) = (Duration::ZERO, 0);
    for round in 0..ROUNDS {
        let requests =
            (0..CALLERS).map(|caller| (caller, request(&practices, &tokens, round, caller))).collect();
        raced += run(&connections, &heat, requests).await?;
        if round == 0 {
            report.line(heat.latencies.row("first round"));
        }
        won += confirm(&connections, &heat, &tokens).await?;
    }
    let attempts = ROUNDS * CALLERS;
    report.line(heat.latencies.row("all rounds"));
    report.line(format!(
        "{ROUNDS} rounds of {CALLERS} callers, {CONNECTIONS} connections, {SLOTS} slots: {:.0} attempts/s",
        attempts as f64 / raced.as_secs_f64()
    ));
    report.line(format!("other answers: {}", heat.surprises.list()));

    let refused = heat.refused_well.load(Ordering::Relaxed);
    report.must(won == ROUNDS * SLOTS, format!("{won} of {} slots won over HTTP", ROUNDS * SLOTS));
    report.must(
        won + refused == attempts,
        format!("{refused} refusals, all of them 409 slot-taken with alternatives; no 5xx"),
    );
    let claims = "SELECT min(n)::bigint, max(n)::bigint FROM (SELECT count(c.id) AS n FROM practitioner p
        LEFT JOIN claim c ON c.calendar_id = p.calendar_id AND c.kind = 'appointment' WHERE";
    let sql = format!("{claims} {} GROUP BY p.id) each", practices.is_ours("p.id"));
    let row = stage.database.client.query_one(&sql, &[]).await?;
    let (fewest, most): (i64, i64) = (row.get(0), row.get(1));
    let overlaps = stage.database.overlaps().await?;
    report.must(
        (fewest, most, overlaps) == (20, 20, 0),
        format!("in the database: {fewest} to {most} claims for each practitioner, {overlaps} overlaps"),
    );
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let deadlocks = stage.database.number(sql).await?;
    report.must(deadlocks == 0, format!("{deadlocks} deadlocks"));
    stage.strike().await
}

/// Every slot is wanted by 25 callers, who come in turn. Each round is about other times, so that a patient who won
/// one may want another.
fn request(practices: &Practices, tokens: &[String], round: u64, caller: u64) -> Vec<u8> {
    let slot = practices.slot_of(round, (round * SLOTS + caller % SLOTS) as usize);
    let body = format!(r#"{{"slot_id":"{slot}","patient_id":"{}"}}"#, practices.patient(caller));
    post("/v1/appointments", &tokens[caller as usize], &format!("race-{round}-{caller}"), &body)
}

/// Whoever won confirms, as a patient may only have a few holds; how many there were.
async fn confirm(connections: &Connections, heat: &Heat, tokens: &[String]) -> Result<u64> {
    let won = std::mem::take(&mut *heat.won.lock().unwrap_or_else(PoisonError::into_inner));
    for (caller, visit) in &won {
        let path = format!("/v1/appointments/{}/confirm", visit.id);
        let request = post(&path, &tokens[*caller as usize], &format!("confirm-{}", visit.id), "{}");
        let answer = connections.ask(&request).await?;
        ensure!(answer.status == 200, "a winner cannot confirm: {}", answer.name());
    }
    Ok(won.len() as u64)
}

async fn run(
    connections: &Arc<Connections>,
    heat: &Arc<Heat>,
    requests: VecDeque<(u64, Vec<u8>)>,
) -> Result<Duration> {
    let waiting = Arc::new(Mutex::new(requests));
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (waiting, connections, heat) = (Arc::clone(&waiting), Arc::clone(connections), Arc::clone(heat));
        running.spawn(async move {
            loop {
                let request = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some((caller, request)) = request else { return };
                let sent = Instant::now();
                let answer = connections.ask(&request).await;
                heat.latencies.record(sent.elapsed());
                match answer {
                    Ok(answer) => judge(&heat, caller, &answer),
                    Err(error) => heat.surprises.count(format!("connection: {}", error.kind())),
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    Ok(begun.elapsed())
}

fn judge(heat: &Heat, caller: u64, answer: &Answer) {
    if let (201, Ok(visit)) = (answer.status, answer.json()) {
        heat.won.lock().unwrap_or_else(PoisonError::into_inner).push((caller, visit));
        return;
    }
    match answer.json::<Refusal>() {
        Ok(refusal)
            if answer.status == 409 && refusal.code == "slot-taken" && !refusal.alternatives.is_empty() =>
        {
            heat.refused_well.fetch_add(1, Ordering::Relaxed);
        }
        _ => heat.surprises.count(answer.name()),
    }
}
