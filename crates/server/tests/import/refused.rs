//! What the database refuses stops nobody but whom it is about.

use std::fmt::Write as _;

use crate::desk::{Desk, Lines};

const OID: &str = "urn:oid:1.2.250.1.71.4.2.1";
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
const RPPS: &str = "PS_LibreAcces_Personne_activite_sample.txt";

fn practitioner(id: &str, numbers: &[(&str, &str)]) -> String {
    let numbers: Vec<String> = numbers
        .iter()
        .map(|(system, value)| format!(r#"{{"system":"{system}","value":"{value}"}}"#))
        .collect();
    format!(
        r#"{{"resourceType":"Practitioner","id":"{id}","identifier":[{}],"name":[{{"family":"Petit","given":["{id}"]}}]}}"#,
        numbers.join(",")
    )
}

#[tokio::test]
async fn an_empty_number_is_none() {
    let desk = Desk::new().await;
    let people = [
        practitioner("p1", &[(NPI, ""), (OID, "  ")]),
        practitioner("p2", &[(NPI, " "), (OID, "000000000000")]),
        practitioner("p3", &[(NPI, "1234 567 893"), (NPI, "1234567890")]),
    ];
    let lines = desk.import(&[&desk.file("people.ndjson", &people.join("\n"))]).await;
    assert_eq!((lines.created, lines.bad), (3, 0));
    assert_eq!(
        desk.text("SELECT string_agg(system || ' ' || value, ',') FROM practitioner_identifier WHERE system NOT LIKE 'fhir%'").await,
        "npi 1234567893"
    );
    let wrong = desk.reasons().await.get("number with a wrong check digit").copied();
    assert_eq!(wrong, Some(2), "the one of zeros and the one that is wrong");
}

#[tokio::test]
async fn whoever_has_two_numbers_of_one_register_is_known_by_the_first() {
    let desk = Desk::new().await;
    let both = practitioner("p1", &[(OID, "881000000000"), (OID, "81000000018")]);
    desk.import(&[&desk.file("both.ndjson", &both)]).await;
    let register = desk.fixture(RPPS);
    let lines = desk.import(&[&register]).await;
    assert_eq!((lines.updated, lines.created), (2, 3), "Le Goff is p1, and Tanguy is somebody else");
    assert_eq!(desk.count("SELECT count(*) FROM practitioner WHERE family_name = 'Tanguy'").await, 1);
    assert_eq!(
        desk.reasons().await.get("a second number of the same register"),
        None,
        "it was said of the first import"
    );
    assert_eq!(desk.import(&[&register]).await.updated, 0);
}

#[tokio::test]
async fn two_records_may_not_claim_one_person_by_different_numbers() {
    let desk = Desk::new().await;
    let known = practitioner("known", &[(OID, "81000000000"), (NPI, "1234567893")]);
    desk.import_from("first", &[&desk.file("known.ndjson", &known)]).await;
    let claims = [practitioner("a", &[(OID, "81000000000")]), practitioner("b", &[(NPI, "1234567893")])];
    let file = desk.file("claims.ndjson", &claims.join("\n"));
    let lines = desk.import_from("second", &[&file]).await;
    assert_eq!((lines.updated, lines.bad), (1, 1));
    assert_eq!(desk.report(&file), [(2, "identifier".to_owned())]);
    assert_eq!(desk.count("SELECT count(*) FROM practitioner").await, 1);
    let lines = desk.import_from("second", &[&file]).await;
    assert_eq!((lines.unchanged, lines.bad), (1, 1), "and it stays so");
}

#[tokio::test]
async fn names_that_grow_in_small_letters_stop_nothing() {
    let desk = Desk::new().await;
    let text = format!("source_id,given_name,family_name\n1,{},PETIT\n", "İ".repeat(100));
    let lines = desk.import(&[&desk.file("list.csv", &text)]).await;
    assert_eq!(lines, Lines { read: 1, created: 1, updated: 0, unchanged: 0, skipped: 0, bad: 0 });
}

/// Whatever rule the directory gets later: here it has nothing against anybody but Numbers 777 and 1500 and a street.
#[tokio::test]
async fn one_whom_the_database_refuses_becomes_a_bad_line_and_the_rest_goes_on() {
    let desk = Desk::new().await;
    desk.client
        .batch_execute(
            "ALTER TABLE practitioner ADD CONSTRAINT not_them CHECK (family_name NOT IN ('Petit777', 'Petit1500'));
             ALTER TABLE location ADD CONSTRAINT not_there CHECK (line <> '33 rue du Lac')",
        )
        .await
        .expect("rules");
    let mut text = String::from("source_id,given_name,family_name,location_name,line,city\n");
    for number in 0..2000 {
        writeln!(text, "{number},Ana,Petit{number},Cabinet,{} rue du Lac,Rennes", number % 1000)
            .expect("a text");
    }
    let file = desk.file("list.csv", &text);
    let lines = desk.import(&[&file]).await;
    assert_eq!(lines, Lines { read: 2000, created: 1996, updated: 0, unchanged: 0, skipped: 0, bad: 4 });
    let bad = [(35, "location"), (779, "line"), (1035, "location"), (1502, "line")];
    assert_eq!(desk.report(&file), bad.map(|(line, field)| (line, field.to_owned())));
    assert!(desk.report_text(&file).contains("not_them"), "{}", desk.report_text(&file));

    // A place that is a line of its own is bad itself.
    let place =
        r#"{"resourceType":"Location","id":"l1","address":{"line":["33 rue du Lac"],"city":"Rennes"}}"#;
    let file =
        desk.file("places.ndjson", &format!("{place}\n{}", place.replace("33", "34").replace("l1", "l2")));
    let lines = desk.import(&[&file]).await;
    assert_eq!((lines.created, lines.bad), (1, 1));
    assert_eq!(desk.report(&file), [(1, "location".to_owned())]);
}
