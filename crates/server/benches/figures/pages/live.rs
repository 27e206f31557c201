//! From a booking's commit to the pages of a thousand others: how long a time that is gone stays to be seen.
//!
//! One of the thousand is a real browser; the delay is counted from when the booking was asked for, so it includes the
//! whole of the booking, until the button in the page is struck out.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rendez_vocab::clock::{Clock, SystemClock};
use rendez_vocab::ids::{PatientId, PractitionerId};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use super::browser::Browser;
use crate::http::{Connections, post};
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::Latencies;

const STREAMS: usize = 1000;
/// As many as one address may have; the listeners come from as many addresses as that takes.
const STREAMS_OF_ADDRESS: usize = 20;
const BOOKINGS: usize = 100;
const PAUSE: Duration = Duration::from_millis(60);
const SEEN_WITHIN: Duration = Duration::from_secs(5);
const BAR_MS: f64 = 300.0;

/// Notes when each button is struck out, in milliseconds since 1970.
const WATCH: &str = r#"
window.struck = {};
const now = () => performance.timeOrigin + performance.now();
const watch = (changes) => {
  for (const { target } of changes) if (target.disabled && target.value) window.struck[target.value] ??= now();
};
new MutationObserver(watch).observe(document.querySelector(".week"), { subtree: true, attributeFilter: ["disabled"] });
return [...document.querySelectorAll(".week button[name=slot]:not([disabled])")].map((button) => button.value);
"#;

#[derive(Deserialize)]
struct Made {
    id: String,
}

pub(super) async fn measure(report: &mut Report, stage: &Stage) -> Result<()> {
    let client = &stage.database.client;
    let busy =
        "SELECT practitioner_id FROM opening_rule GROUP BY 1 ORDER BY sum(ends - starts) DESC, 1 LIMIT 1";
    let practitioner = PractitionerId::from_uuid(client.query_one(busy, &[]).await?.get(0));
    let patients = client.query("SELECT id FROM patient ORDER BY id LIMIT 100", &[]).await?;
    let patients: Vec<PatientId> = patients.iter().map(|row| PatientId::from_uuid(row.get(0))).collect();

    let path = format!("/v1/practitioners/{practitioner}/slots/stream");
    let mut listeners = Vec::new();
    for number in 1..STREAMS {
        listeners
            .push(listen(stage.address(), number, &path).await.with_context(|| format!("stream {number}"))?);
    }
    let browser = Browser::open(stage.address()).await?;
    let week = next_week();
    browser.go(&format!("/practitioners/{practitioner}?week={week}")).await?;
    let slots = browser.run(WATCH).await?;
    let slots: Vec<&str> = slots.as_array().into_iter().flatten().filter_map(|slot| slot.as_str()).collect();
    ensure!(slots.len() >= 5, "the page shows {} free times", slots.len());

    let admin = stage.tokens.admin()?;
    let connections = Connections::new(stage.address(), 2);
    let delays = Latencies::new();
    let mut booked = 0;
    // Struck out, given back, and struck out again: a week has only so many times.
    for turn in 0..BOOKINGS {
        let slot = slots[turn % slots.len()];
        let body = format!(r#"{{"slot_id":"{slot}","patient_id":"{}"}}"#, patients[turn % patients.len()]);
        browser.run(&format!("delete window.struck['{slot}']; return 0")).await?;
        let asked = millis();
        let held = connections.ask(&post("/v1/appointments", &admin, &format!("live-{turn}"), &body)).await?;
        if held.status != 201 {
            continue;
        }
        booked += 1;
        delays.record(Duration::from_secs_f64((seen(&browser, slot).await? - asked).max(0.0) / 1e3));
        let id = held.json::<Made>()?.id;
        let path = format!("/v1/appointments/{id}/cancel");
        connections.ask(&post(&path, &admin, &format!("back-{turn}"), "{}")).await?;
        tokio::time::sleep(PAUSE).await;
    }
    report.line(delays.row("booking to page"));
    report.must(
        booked > BOOKINGS / 2,
        format!("{booked} of {BOOKINGS} times were booked and all were struck out"),
    );
    let p99 = delays.quantile_ms(0.99);
    report.aim(
        p99 < BAR_MS,
        format!(
            "with {STREAMS} open streams a taken time is struck out after p99 {p99:.0} ms (under {BAR_MS} ms)"
        ),
    );
    browser.close().await?;
    drop(listeners);
    Ok(())
}

/// When the page struck a time out.
async fn seen(browser: &Browser, slot: &str) -> Result<f64> {
    let until = Instant::now() + SEEN_WITHIN;
    while Instant::now() < until {
        let struck = browser.run(&format!("return window.struck['{slot}'] || 0")).await?;
        if let Some(at) = struck.as_f64().filter(|at| *at > 0.0) {
            return Ok(at);
        }
    }
    anyhow::bail!("a time that was taken was never struck out")
}

/// An open stream that is read by nobody but the machine's buffers: some kilobytes come in all.
async fn listen(server: SocketAddr, number: usize, path: &str) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let address = 2 + number / STREAMS_OF_ADDRESS;
    socket.bind(SocketAddr::from(([127, 0, 1, u8::try_from(address)?], 0)))?;
    let mut stream = socket.connect(server).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    ensure!(&head == b"HTTP/1.1 200", "{}", String::from_utf8_lossy(&head));
    Ok(stream)
}

/// Next week's name: this one may be over.
fn next_week() -> String {
    let date = SystemClock
        .now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .saturating_add(jiff::Span::new().weeks(1))
        .iso_week_date();
    format!("{:04}-W{:02}", date.year(), date.week())
}

fn millis() -> f64 {
    SystemClock.now().as_duration().as_secs_f64() * 1e3
}
