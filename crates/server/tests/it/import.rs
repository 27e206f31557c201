//! An import beside a running server.

use std::process::Stdio;

use tokio::process::Command;

use crate::app::{Setup, TestApp, until};
use crate::client::{list, text};

#[tokio::test]
async fn whoever_an_import_brings_is_found_by_the_server_that_runs_meanwhile() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let names = async |query: &str| -> Vec<String> {
        let answer = app.nobody().get(format!("/v1/search?{query}")).await.ok();
        list(&answer["results"]).iter().map(|found| text(&found["practitioner"]["family_name"])).collect()
    };
    assert_eq!(names("q=kervella").await, [""; 0]);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.csv");
    let mut rows = String::from("source_id,given_name,family_name,city,postal_code,opening_hours\n");
    for number in 0..1000 {
        rows.push_str(&format!("{number},Ana,Petit,Rennes,35000,mon-sun 08:00-20:00\n"));
    }
    rows.push_str("k,Nolwenn,Kervella,Rennes,35000,mon-sun 08:00-20:00\nl,Luc,Kervello,Rennes,35000,\n");
    std::fs::write(&file, rows).expect("written");
    let import = async || {
        let output = Command::new(env!("CARGO_BIN_EXE_rendez"))
            .args([
                "import",
                "practitioners",
                "--source",
                "clinics",
                "--database-url",
                &app.world.database.url(),
            ])
            .arg(&file)
            .stdin(Stdio::null())
            .output()
            .await
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    import().await;
    until("she is found", async || names("q=kervella").await.contains(&"Kervella".to_owned())).await;
    let index = async || app.admin().get("/v1/index").await.ok()["practitioners"].clone();
    until("everybody is in the index", async || index().await == 1002).await;

    // The next list takes a visit type from nobody and a name from somebody.
    let newer =
        std::fs::read_to_string(&file).expect("the list").replace("Nolwenn,Kervella", "Nolwenn,Morvan");
    std::fs::write(&file, newer).expect("written");
    import().await;
    until("her new name is known", async || names("q=morvan").await == ["Morvan"]).await;
    app.close().await;
}
