//! An import is killed in the middle, and started again.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

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
    assert_eq!((lines.created, lines.unchanged), (2990, 2000), "what was entered before is known");
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
