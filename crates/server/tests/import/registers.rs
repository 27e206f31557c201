//! The registers of two countries.

use crate::desk::{Desk, Lines};

const RPPS: &str = "PS_LibreAcces_Personne_activite_sample.txt";
const NPPES: &str = "npidata_pfile_sample.csv";

#[tokio::test]
async fn the_french_register_has_several_lines_for_a_person() {
    let desk = Desk::new().await;
    let file = desk.fixture(RPPS);
    let lines = desk.import(&[&file]).await;
    assert_eq!(lines, Lines { read: 10, created: 5, updated: 0, unchanged: 0, skipped: 2, bad: 3 });
    assert_eq!(
        desk.report(&file),
        [(9, "Identifiant PP".to_owned()), (10, "Nom d'exercice".to_owned()), (11, "line".to_owned())]
    );
    assert_eq!(desk.count("SELECT count(*) FROM practitioner").await, 4);
    let maelle =
        "FROM practitioner p JOIN practitioner_identifier i ON i.practitioner_id = p.id AND i.system = 'rpps'
        AND i.value = '81000000000' JOIN location l ON l.id = p.location_id";
    assert_eq!(
        desk.text(&format!("SELECT concat_ws('|', p.given_name, p.family_name, p.specialty, p.phone, l.city, l.line) {maelle}")).await,
        "Maëlle|Le Goff|general-practice|+33299000001|Saint-Malo|3 Rue DU PORT"
    );
    let elsewhere = "SELECT count(*) FROM practitioner_location f JOIN location l ON l.id = f.location_id WHERE l.city = 'Rennes'";
    assert_eq!(desk.count(elsewhere).await, 1, "her second place");
    assert_eq!(
        desk.count("SELECT count(DISTINCT location_id) FROM practitioner JOIN location l ON l.id = location_id WHERE l.city = 'Saint-Malo'").await,
        1,
        "colleagues share a place"
    );
    assert_eq!(
        desk.text("SELECT l.time_zone FROM practitioner p JOIN location l ON l.id = p.location_id WHERE p.family_name = 'Payet'").await,
        "Indian/Reunion"
    );
    assert_eq!(
        desk.count("SELECT count(*) FROM location WHERE latitude IS NULL").await,
        1,
        "one has no address"
    );
    let reasons = desk.reasons().await;
    for reason in ["specialty not known: SM99", "no place", "phone number not understood", "a student"] {
        assert_eq!(reasons.get(reason), Some(&1), "{reason}: {reasons:?}");
    }
    assert_eq!(
        desk.count("SELECT count(*) FROM change WHERE kind = 'schedule'").await,
        4,
        "followers hear of each"
    );
    assert_eq!(desk.count("SELECT count(*) FROM visit_type").await, 4, "each can be given a usual visit");
}

#[tokio::test]
async fn the_american_register_gives_its_persons_and_not_its_organizations() {
    let desk = Desk::new().await;
    let file = desk.fixture(NPPES);
    let lines = desk.import(&[&file]).await;
    assert_eq!(lines, Lines { read: 7, created: 3, updated: 0, unchanged: 0, skipped: 2, bad: 2 });
    assert_eq!(
        desk.report(&file),
        [(7, "NPI".to_owned()), (8, "Provider Last Name (Legal Name)".to_owned())]
    );
    let rows = "SELECT string_agg(concat_ws('|', given_name, family_name, specialty, phone, l.city, l.country, l.time_zone), ' ; '
        ORDER BY family_name) FROM practitioner p JOIN location l ON l.id = p.location_id";
    assert_eq!(
        desk.text(rows).await,
        "Sean \"Jack\"|O'Malley|PHOENIX, AZ|US|America/Phoenix ; \
         Peter|Quill|physiotherapy|+16175550101|BOSTON, MA|US|America/New_York ; \
         Ada|Winterbottom|dentistry|+16175550100|BOSTON, MA|US|America/New_York"
    );
    assert_eq!(
        desk.text("SELECT string_agg(name, ',' ORDER BY name) FROM organization").await,
        "Ada Winterbottom,Peter Quill,Sean \"Jack\" O'Malley",
        "two who share an address are not one practice"
    );
    assert_eq!(desk.reasons().await.get("an organization"), Some(&1));

    // Next month one of them has given the number back.
    let text = std::fs::read_to_string(&file).expect("the file");
    let header = text.lines().next().expect("a header");
    let fields = header.split("\",\"").map(|name| match name.trim_matches('"') {
        "NPI" => "1234500001",
        "NPI Deactivation Date" => "06/07/2026",
        _ => "",
    });
    let row = fields.map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(",");
    let update = desk.file("npidata_pfile_update.csv", &format!("{header}\n{row}\n"));
    assert_eq!(desk.import(&[&update]).await.updated, 1);
    assert_eq!(desk.text("SELECT family_name FROM practitioner WHERE NOT active").await, "Winterbottom");
}

#[tokio::test]
async fn the_same_file_again_writes_nothing() {
    let desk = Desk::new().await;
    for name in [RPPS, NPPES] {
        let file = desk.fixture(name);
        let first = desk.import(&[&file]).await;
        let state = "SELECT concat_ws(' ', (SELECT sum(version) FROM practitioner), (SELECT sum(version) FROM location),
            (SELECT count(*) FROM change), (SELECT count(*) FROM audit), (SELECT count(*) FROM organization),
            (SELECT max(xmin::text::bigint) FROM practitioner))";
        let before = desk.text(state).await;
        let again = desk.import(&[&file]).await;
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, first.created), "{name}");
        assert_eq!((again.skipped, again.bad), (first.skipped, first.bad));
        assert_eq!(desk.text(state).await, before, "{name}");
    }
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_before_anything_is_touched() {
    let desk = Desk::new().await;
    let odd = desk.file("odd.txt", "hello\nworld\n");
    let headless = desk.file("headless.csv", "source_id,city\n1,Rennes\n");
    let absent = odd.with_file_name("absent.csv");
    for file in [&odd, &headless, &absent] {
        let output = desk.run(&[file], &[], None).await;
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let list = desk.fixture("practitioners.csv");
    for source in ["", "a b", &"x".repeat(101)] {
        let output = desk.run(&[&list], &["--source", source], None).await;
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(desk.count("SELECT count(*) FROM import_run").await, 0);
}
