//! Files as operators have them, and what they get back.

use std::os::unix::fs::PermissionsExt;

use crate::desk::{Desk, Lines};

const HEADER: &str = "source_id,given_name,family_name";

#[tokio::test]
async fn a_line_that_is_not_utf8_is_bad_and_the_others_are_not() {
    let desk = Desk::new().await;
    let mut bytes = format!("{HEADER}\n1,Ana,Petit\n2,Andr").into_bytes();
    bytes.extend(b"\xe9,Grand\n3,Luc,Petit\n");
    let file = desk.bytes("list.csv", &bytes);
    let lines = desk.import(&[&file]).await;
    assert_eq!(lines, Lines { read: 3, created: 2, updated: 0, unchanged: 0, skipped: 0, bad: 1 });
    assert!(desk.report_text(&file).contains(",3,\"line\",\"it is not UTF-8\",\"2,Andr\u{fffd},Grand\""));
}

#[tokio::test]
async fn what_is_no_text_in_utf8_is_refused_by_name() {
    let desk = Desk::new().await;
    let wide: Vec<u8> = format!("\u{feff}{HEADER}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (wide, zip) = (desk.bytes("wide.csv", &wide), desk.bytes("list.zip", b"PK\x03\x04rest"));
    for (file, flags, reason) in [
        (&wide, &[][..], "it is UTF-16"),
        (&wide, &["--format", "fhir"], "it is UTF-16"),
        (&zip, &[], "it is a zip archive"),
    ] {
        let output = desk.run(&[file], flags, None).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(reason), "{said}");
    }
}

#[tokio::test]
async fn flags_say_the_format_the_source_and_where_the_report_goes() {
    let desk = Desk::new().await;
    // Without the flag it would be seen as the clinic's own columns.
    let file = desk.file("list.csv", &format!("{HEADER}\n1,Ana,Petit\n"));
    let report = file.with_file_name("somewhere.csv");
    let to = report.display().to_string();
    let lines = desk.import_with(&[&file], &["--format", "fhir", "--source", "port", "--report", &to]).await;
    assert_eq!((lines.read, lines.bad), (2, 2));
    assert_eq!(desk.text("SELECT system || ' ' || format FROM import_run").await, "fhir:port fhir");
    assert_eq!(std::fs::read_to_string(&report).expect("a report").lines().count(), 3);
}

#[tokio::test]
async fn ids_of_ones_own_need_a_source() {
    let desk = Desk::new().await;
    let own = desk.file("list.csv", &format!("{HEADER}\n1,Ana,Petit\n"));
    let output = desk.run_bare(&[&own]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("--source NAME"), "{said}");
    let register = desk.fixture("PS_LibreAcces_Personne_activite_sample.txt");
    assert!(desk.run_bare(&[&register]).await.status.success(), "the register's numbers are nobody's own");
}

#[tokio::test]
async fn a_report_is_its_owners_and_a_spreadsheet_computes_nothing_of_it() {
    let desk = Desk::new().await;
    let file = desk.file("list.csv", &format!("{HEADER}\n=HYPERLINK(1),Ana\n"));
    let report = file.with_file_name("list.csv.report.csv");
    for path in [&report, &file.with_file_name("list.csv.report.csv.part")] {
        std::fs::write(path, "old").expect("written");
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o644)).expect("everybody may read it");
    }
    desk.import(&[&file]).await;
    assert!(desk.report_text(&file).contains(",\"'=HYPERLINK(1),Ana\""), "{}", desk.report_text(&file));
    assert_eq!(report.metadata().expect("there").permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_report_that_cannot_be_written_stops_the_import_before_it_begins() {
    let desk = Desk::new().await;
    let file = desk.file("list.csv", &format!("{HEADER}\n1,Ana,Petit\n"));
    let folder = file.parent().expect("a folder").display().to_string();
    for to in [format!("{folder}/nowhere/report.csv"), folder.clone()] {
        let output = desk.run(&[&file], &["--report", &to], None).await;
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(desk.count("SELECT count(*) FROM import_run").await, 0);
}

#[tokio::test]
async fn nobody_has_more_than_a_thousand_lines() {
    let desk = Desk::new().await;
    let mut text = format!("{HEADER},city\n");
    for line in 0..1003 {
        text.push_str(&format!("1,Ana,Petit,Ville {line}\n"));
    }
    text.push_str("2,Luc,Grand,Rennes\n");
    let file = desk.file("list.csv", &text);
    let lines = desk.import(&[&file]).await;
    assert_eq!((lines.read, lines.created, lines.bad), (1004, 1001, 3));
    assert_eq!(desk.report(&file), [1002, 1003, 1004].map(|line| (line, "line".to_owned())));
}
