//! Nothing about a person is in a log or in an answer that tells of an error: the real program, listened to.

use std::fs::File;
use std::sync::Arc;

use jiff::SignedDuration;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::{Issuer, IssuerSettings};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use serde_json::{Value, json};

#[allow(dead_code, reason = "shared with the crash test, which asks for more")]
#[path = "../crash/program.rs"]
mod program;

use program::{Program, free_port};

/// What would be recognised anywhere.
const CANARIES: [&str; 6] =
    ["Zephyrine", "Quatremaille", "zq.canary@example.org", "+33699887766", "1971-05-17", "mal de dos caché"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_and_no_error_tells_who_somebody_is() {
    let world = World::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_port();
    let path = folder.path().join("log");
    let log = File::create(&path).expect("a file");
    let talkative = [("RENDEZ_TELEMETRY__LOG_FILTER", "trace")];
    let program = Program::start(&world.database, folder.path(), address, &talkative, log).await;
    let issuer = IssuerSettings::in_data_dir(folder.path(), "rendez", "rendez");
    let issuer = Issuer::open(issuer, Arc::new(SystemClock), Arc::new(SystemEntropy)).expect("the issuer");
    let token = |actor: &Actor| issuer.issue(actor, SignedDuration::from_hours(1)).expect("a token");
    let admin = token(&Actor::Admin("root".into()));
    let http = reqwest::Client::new();
    let post = async |token: &str, path: &str, body: Value| -> (u16, Value) {
        let sent = http
            .post(format!("http://{address}{path}"))
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        (sent.status().as_u16(), sent.json().await.expect("JSON"))
    };

    let [given, family, email, phone, birth, complaint] = CANARIES;
    let person = json!({ "given_name": given, "family_name": family, "email": email, "phone": phone, "birth_date": birth });
    let (status, made) = post(&admin, "/v1/patients", person.clone()).await;
    assert_eq!(status, 201, "{made}");
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let hold = json!({ "slot_id": world.slot(&practitioner, day.start()), "patient_id": made["id"], "reason": complaint });
    let (status, held) = post(&admin, "/v1/appointments", hold.clone()).await;
    assert_eq!(status, 201, "{held}");
    let id = held["id"].as_str().expect("an id");
    post(&admin, &format!("/v1/appointments/{id}/confirm"), json!({})).await;

    // Every way in which a request about her can go wrong.
    let mut errors = Vec::new();
    let mut wrong = person.clone();
    wrong["birth_date"] = json!("17 mai 1971, Zephyrine Quatremaille");
    errors.push(post(&admin, "/v1/patients", wrong).await);
    errors.push(
        post(&admin, "/v1/patients", json!({ "given_name": [given], "family_name": { "is": family } })).await,
    );
    errors.push(post(&admin, "/v1/appointments", hold).await);
    errors
        .push(post(&admin, &format!("/v1/appointments/{id}/confirm"), json!({ "reason": complaint })).await);
    errors.push(post("no.such.token", "/v1/patients", person.clone()).await);
    let client = world.database.connect().await;
    // Our side breaks: a constraint that the server does not know, whose detail would show the row.
    client
        .batch_execute(
            "ALTER TABLE patient ADD CONSTRAINT broken CHECK (given_name <> 'Zephyrine') NOT VALID",
        )
        .await
        .expect("a constraint");
    let (status, broken) = post(&admin, "/v1/patients", person).await;
    assert_eq!((status, broken["code"].as_str()), (500, Some("internal")), "{broken}");
    errors.push((status, broken));
    let mut told = String::new();
    for url in [
        format!("/v1/search?q={given}+{family}"),
        format!("/sign-in?email={email}"),
        format!("/v1/patients/{given}"),
    ] {
        let answer =
            http.get(format!("http://{address}{url}")).bearer_auth(&admin).send().await.expect("an answer");
        if answer.status().is_client_error() {
            told.push_str(&answer.text().await.expect("text"));
        }
    }
    for (status, body) in errors {
        assert!((400..=500).contains(&status), "{status} {body}");
        told.push_str(&body.to_string());
    }
    for canary in CANARIES {
        assert!(!told.contains(canary), "an error tells of {canary}: {told}");
    }
    drop(program);
    let log = std::fs::read_to_string(&path).expect("the log");
    assert!(log.contains("request"), "the log is there: {log}");
    let tokens = [admin];
    for secret in CANARIES.iter().copied().chain(tokens.iter().map(String::as_str)) {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "the log tells of {secret}: {line:?}");
    }
}
