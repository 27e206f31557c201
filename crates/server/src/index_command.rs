//! `rendez index check`: asks a running server to compare its search index with the database, and waits for the report.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::{Issuer, IssuerSettings};
use rendez_platform::config::Settings;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::uuid_v7;
use rendez_vocab::{Actor, Clock};
use serde::Deserialize;

use crate::cli::IndexCheck;

const LOOK_AGAIN: Duration = Duration::from_millis(250);
const TOKEN_LIVES: SignedDuration = SignedDuration::from_hours(1);

/// What `GET /v1/index` says of a check.
#[derive(Deserialize)]
struct State {
    checking: Option<Count>,
    last_check: Option<Report>,
}

#[derive(Deserialize)]
struct Count {
    done: u64,
    of: u64,
}

#[derive(Deserialize)]
struct Report {
    ended_at: String,
    practitioners: u64,
    differing: u64,
    missing: u64,
    left_over: u64,
    repaired: u64,
    millis: u64,
}

/// Has the index checked. Ends in an error if anything differed, so that whoever watches over the server hears of it.
pub(crate) async fn check(arguments: IndexCheck) -> Result<()> {
    let settings = Settings::load(arguments.config.as_deref(), std::env::vars())?;
    let server = arguments.url.clone().unwrap_or_else(|| format!("http://{}", settings.server.listen));
    let server = server.trim_end_matches('/');
    let issuer = Issuer::open(
        IssuerSettings::in_data_dir(&arguments.data_dir, &settings.auth.issuer, &settings.auth.audience),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .with_context(|| format!("the keys in {} cannot be read", arguments.data_dir.display()))?;
    let token = issuer.issue(&Actor::Admin("cli".into()), TOKEN_LIVES)?;
    let client = reqwest::Client::new();
    let state = async || {
        let answer = client.get(format!("{server}/v1/index")).bearer_auth(&token).send().await;
        read::<State>(answer.with_context(|| format!("{server} cannot be reached"))?).await
    };

    let before = state().await?.last_check.map(|report| report.ended_at);
    let key = uuid_v7(SystemClock.now(), &SystemEntropy).to_string();
    let asked = client
        .post(format!("{server}/v1/index/check"))
        .bearer_auth(&token)
        .header("Idempotency-Key", key)
        .send()
        .await?;
    read::<serde_json::Value>(asked).await?;
    let bar = bar()?;
    let mut idle = 0;
    let report = loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        let State { checking, last_check } = state().await?;
        match (checking, last_check) {
            (Some(count), _) => {
                bar.set_length(count.of);
                bar.set_position(count.done);
            }
            (None, Some(report)) if Some(&report.ended_at) != before.as_ref() => break report,
            // It has not begun, or it has ended without a report.
            (None, _) => idle += 1,
        }
        if idle > 20 {
            bail!("the check ended without a report: the server's log says why");
        }
    };
    bar.finish_and_clear();
    println!("practitioners  {}", report.practitioners);
    println!("differing      {}", report.differing);
    println!("missing        {}", report.missing);
    println!("left over      {}", report.left_over);
    println!("repaired       {}", report.repaired);
    println!("seconds        {:.1}", report.millis as f64 / 1000.0);
    match report.differing + report.missing + report.left_over {
        0 => Ok(()),
        differences => bail!("the index differed from the database in {differences} practitioners"),
    }
}

async fn read<T: serde::de::DeserializeOwned>(answer: reqwest::Response) -> Result<T> {
    let status = answer.status();
    if !status.is_success() {
        bail!("the server answered {status}: {}", answer.text().await.unwrap_or_default());
    }
    Ok(answer.json().await?)
}

fn bar() -> Result<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} compared, {eta} to go")?;
    Ok(ProgressBar::new(0).with_style(style))
}
