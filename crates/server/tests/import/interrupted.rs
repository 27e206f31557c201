//! An import is killed in the middle, and started again.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::desk::Desk;

/// Three batches of each kind, some lines of them bad.
fn list() -> String {
    let mut text =
        String::from("source_id,given_name,family_name,line,postal_code,city,visit_types,opening_hours\n");
    for number in 0..5000 {
        let given = if number % 500 == 7 { "" } else { "Ana" };
        writeln!(
            text,
            "{number},{given},Petit {number},{number} rue du Lac,35000,Rennes,Bilan:30,mon 09:00-12:00"
        )
        .expect("a text");
    }
    text
}

#[tokio::test]
async fn a_kill_between_any_two_batches_loses_and_doubles_nothing() {
    let calm = Desk::new().await;
    let file = calm.file("list.csv", &list());
    let lines = calm.import(&[&file]).await;
    assert_eq!((lines.read, lines.created, lines.bad), (5000, 4990, 10));
    let (expected, report) = (calm.directory().await, calm.report(&file));

    for packed in [false, true] {
        let desk = Desk::new().await;
        let mut file = desk.file("list.csv", &list());
        if packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(list().as_bytes()).expect("packed");
            file.set_extension("csv.gz");
            std::fs::write(&file, encoder.finish().expect("packed")).expect("written");
        }
        // In each phase it dies after some batches; the last start goes to the end.
        for deadly in [
            "import.staged=1*off->return",
            "import.staged=return",
            "import.placed=1*off->return",
            "import.placed=return",
            "import.entering=2*off->return",
            "import.entered=1*off->return",
            "import.entered=return",
        ] {
            let output = desk.run(&[&file], &[], Some(deadly)).await;
            assert!(!output.status.success(), "{deadly} is deadly");
        }
        let lines = desk.import(&[&file]).await;
        assert_eq!((lines.read, lines.created, lines.bad), (5000, 4990, 10), "packed: {packed}");
        assert_eq!(desk.directory().await, expected, "packed: {packed}");
        assert_eq!(desk.report(&file), report);
        assert_eq!(desk.count("SELECT count(*) FROM import_run").await, 1, "it was one import all along");
        assert_eq!(desk.count("SELECT count(*) FROM change WHERE kind = 'schedule'").await, 4990);
        assert_eq!(desk.count("SELECT count(*) FROM calendar").await, 4990);
    }
}

#[tokio::test]
async fn the_operator_may_begin_anew() {
    let desk = Desk::new().await;
    let file = desk.file("list.csv", &list());
    desk.run(&[&file], &[], Some("import.entered=return")).await;
    let output = desk.run(&[&file], &["--restart"], None).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = desk.lines().await;
    assert_eq!((lines.created, lines.unchanged), (4740, 250), "what was entered before is known");
    assert_eq!(desk.count("SELECT count(*) FROM practitioner").await, 4990);
    assert_eq!(
        desk.text("SELECT string_agg(state, ',' ORDER BY id) FROM import_run").await,
        "abandoned,done"
    );
    assert_eq!(
        desk.count("SELECT count(*) FROM pg_class WHERE relname LIKE 'import_line_%' AND relkind = 'r'")
            .await,
        0
    );
}

#[tokio::test]
async fn what_an_interrupted_import_had_read_is_forgotten_when_another_of_its_source_begins() {
    let desk = Desk::new().await;
    let file = desk.file("list.csv", &list());
    desk.run(&[&file], &["--source", "north"], Some("import.staged=1*off->return")).await;
    desk.run(&[&file], &["--source", "south"], Some("import.staged=1*off->return")).await;
    assert_eq!(
        desk.count("SELECT count(*) FROM import_line").await,
        7984,
        "both are about to be gone on with"
    );

    let newer = desk.file("list.csv", "source_id,given_name,family_name\n1,Ana,Petit\n");
    let output = desk.run(&[&newer], &["--source", "north"], None).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("giving up an interrupted import"), "{said}");
    let runs = "SELECT string_agg(system || ' ' || state, ',' ORDER BY id) FROM import_run";
    assert_eq!(desk.text(runs).await, "csv:north abandoned,csv:south reading,csv:north done");
    assert_eq!(desk.count("SELECT count(*) FROM import_line").await, 3992);
    assert_eq!(desk.count("SELECT count(*) FROM import_finding f JOIN import_run r ON r.id = f.run_id WHERE system = 'csv:north'").await, 0);
}

#[tokio::test]
async fn a_private_database_is_stopped_in_order_whatever_ends_the_import() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.csv");
    std::fs::write(&file, list()).expect("written");
    let data = folder.path().join("data");
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rendez"));
        command.args(["import", "practitioners", "--source", "clinics", "--data-dir"]).arg(&data).arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    };
    let status = start().env("FAILPOINTS", "import.staged=return").status().await.expect("the program runs");
    assert!(!status.success(), "it is killed, and leaves its database behind");

    // In the middle, as systems end programs.
    let mut child = start().spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is heard")).lines();
    let said = lines.next_line().await.expect("read").expect("a word");
    assert!(said.contains("going on with an import"), "{said}");
    assert!(data.join("postgres/postmaster.pid").exists(), "PostgreSQL runs");
    let pid = Pid::from_raw(i32::try_from(child.id().expect("it runs")).expect("a process"));
    kill(pid, Signal::SIGTERM).expect("it is there");
    let output = child.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("interrupted"), "{:?} {said}", output.status);
    assert!(!data.join("postgres/postmaster.pid").exists(), "PostgreSQL has stopped too");

    let output = start().output().await.expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("every line is accounted for"), "{said}");
    assert!(said.contains("going on with an import"), "{said}");
    assert!(!data.join("postgres/postmaster.pid").exists(), "nor does it run on afterwards");
}
