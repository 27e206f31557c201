//! Slots that come and go are seen within a second.

use std::time::Duration;

use rendez_domain::booking;
use rendez_vocab::Actor;
use reqwest::Response;
use tokio::time::timeout;

use crate::app::TestApp;

const SOON: Duration = Duration::from_secs(1);
/// For a machine that has other things to do.
const AT_ALL: Duration = Duration::from_secs(30);

/// Reads until an event of that name has come whole; its data.
async fn event(stream: &mut Response, seen: &mut String, name: &str, within: Duration) -> serde_json::Value {
    let marker = format!("event: {name}\n");
    let reading = async {
        loop {
            if let Some((_, rest)) = seen.split_once(&marker)
                && let Some((event, after)) = rest.split_once("\n\n")
            {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("null");
                let data = serde_json::from_str(data).expect("JSON");
                *seen = after.to_owned();
                return data;
            }
            let chunk = stream.chunk().await.expect("a stream").expect("it goes on");
            seen.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    timeout(within, reading).await.unwrap_or_else(|_| panic!("no `{name}` within {within:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taken_and_freed_within_a_second_and_nothing_about_anybody() {
    let app = TestApp::new().await;
    let (practitioner, other) = (app.world.practitioner(vec![]).await, app.world.practitioner(vec![]).await);
    let day = app.world.open_day(&practitioner, 3, 60).await;
    app.world.open_day(&other, 3, 60).await;
    let path = format!("/v1/practitioners/{}/slots/stream", practitioner.id);
    let mut stream = app.request(&Actor::Nobody, "GET", &path).send().await.expect("a stream");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut seen = String::new();
    let hello = event(&mut stream, &mut seen, "hello", AT_ALL).await;
    assert!(hello["as_of"].is_string());

    let (ana, bob) = (app.world.patient().await, app.world.patient().await);
    // Another practitioner's day is not ours to tell.
    app.world.hold(bob, app.world.slot(&other, day.start())).await.expect("free");
    let held = app.world.hold(ana, app.world.slot(&practitioner, day.start())).await.expect("free");
    let taken = event(&mut stream, &mut seen, "taken", SOON).await;
    assert_eq!(taken["start"], day.start().to_string());
    booking::cancel(&app.world.ctx(Actor::Patient(ana)), held.id, None, None).await.expect("in time");
    let freed = event(&mut stream, &mut seen, "freed", SOON).await;
    assert_eq!(freed, taken, "the same range, and nothing else: {freed}");
    assert_eq!(freed.as_object().map(serde_json::Map::len), Some(2));
}
