//! The index of a running server, as its operator sees it.

use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::process::Command;

use crate::app::{AUDIENCE, ISSUER, Setup, TestApp, until};

async fn check_by_command(app: &TestApp) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rendez"))
        .args(["index", "check", "--url", app.nobody().base(), "--data-dir"])
        .arg(app.data_dir())
        .env("RENDEZ_AUTH__ISSUER", ISSUER)
        .env("RENDEZ_AUTH__AUDIENCE", AUDIENCE)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the program runs")
}

#[tokio::test]
async fn an_operator_has_a_wrong_index_found_out_and_healed() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let dentist = app.world.practitioner(Vec::new()).await;
    let sane = check_by_command(&app).await;
    assert!(sane.status.success(), "{}", String::from_utf8_lossy(&sane.stderr));
    assert!(String::from_utf8_lossy(&sane.stdout).contains("practitioners  1\n"));

    // Nobody tells the index.
    let client = app.world.database.connect().await;
    let sql = "UPDATE practitioner SET telehealth = true WHERE id = $1";
    client.execute(sql, &[&dentist.id.uuid()]).await.expect("a change");
    let wrong = check_by_command(&app).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stdout).contains("differing      1\n"));
    assert!(check_by_command(&app).await.status.success(), "it was mended");
}

#[tokio::test]
async fn an_operator_sees_how_the_index_is() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    app.world.practitioner(Vec::new()).await;
    let index = app.admin().get("/v1/index").await.ok();
    assert_eq!(
        (&index["phase"], &index["practitioners"], &index["stale"]),
        (&"following".into(), &1.into(), &false.into())
    );
    assert_eq!(index["last_check"], Value::Null);
    let check = || app.admin().post("/v1/index/check", Value::Object(Default::default())).key("check-1");
    let begun = check().await;
    assert_eq!(begun.status, 202);
    let last = async || app.admin().get("/v1/index").await.ok()["last_check"].clone();
    until("the check has ended", async || last().await["practitioners"] == 1).await;
    let ended = last().await;
    let again = check().await;
    assert_eq!(again.status, 202);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body, begun.body, "the first answer");
    assert_eq!(last().await, ended, "and no second check");
}
