//! What a practice has entered by itself, and what another source says, survives an import.

use crate::desk::Desk;

const HEADER: &str = "source_id,given_name,family_name,location_name,line,city,postal_code,phone,active,visit_types,opening_hours\n";
const WHERE: &str = "SELECT concat_ws('|', l.name, o.name, (SELECT string_agg(f.name, ',' ORDER BY f.name) FROM practitioner_location pl
    JOIN location f ON f.id = pl.location_id WHERE pl.practitioner_id = p.id),
    (SELECT string_agg(r.weekday || ' ' || k.name, ',' ORDER BY r.weekday) FROM opening_rule r JOIN location k ON k.id = r.location_id
        WHERE r.practitioner_id = p.id))
    FROM practitioner p JOIN location l ON l.id = p.location_id JOIN organization o ON o.id = p.organization_id";

fn maelle(id: &str, hours: bool, location: bool) -> String {
    let role = format!(
        r#"{{"resourceType":"PractitionerRole","id":"r{id}","practitioner":{{"reference":"Practitioner/{id}"}}{}{}}}"#,
        if location { r#","location":[{"reference":"Location/l1"}]"# } else { "" },
        if hours {
            r#","availableTime":[{"daysOfWeek":["wed"],"availableStartTime":"09:00:00","availableEndTime":"12:00:00"}]"#
        } else {
            ""
        }
    );
    let person = format!(
        r#"{{"resourceType":"Practitioner","id":"{id}","identifier":[{{"system":"urn:oid:1.2.250.1.71.4.2.1","value":"881000000000"}}],"name":[{{"family":"Le Goff","given":["Maëlle"]}}]}}"#
    );
    let place =
        r#"{"resourceType":"Location","id":"l1","name":"Clinique du Lac","address":{"city":"Rennes"}}"#;
    format!("{person}\n{role}\n{place}\n")
}

async fn by_hand(desk: &Desk, sql: &str) {
    desk.client.batch_execute(sql).await.expect(sql);
}

#[tokio::test]
async fn another_source_adds_its_place_and_takes_nothing_away() {
    let desk = Desk::new().await;
    desk.import(&[&desk.fixture("PS_LibreAcces_Personne_activite_sample.txt")]).await;
    by_hand(&desk, "DELETE FROM practitioner_location; UPDATE practitioner SET phone = '+33299999999' WHERE family_name = 'Le Goff';
        INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends)
            SELECT id, location_id, 1, '09:00', '12:00' FROM practitioner;
        INSERT INTO closure (practitioner_id, starts, ends) SELECT id, '2027-01-01', '2027-01-02' FROM practitioner")
    .await;
    let before = format!("{WHERE} WHERE p.family_name = 'Le Goff'");
    assert_eq!(
        desk.text(&before).await,
        "MAISON DE SANTE DU PORT|MAISON DE SANTE DU PORT|1 MAISON DE SANTE DU PORT"
    );

    desk.import_from("lake", &[&desk.file("lake.ndjson", &maelle("p1", true, true))]).await;
    let both = "MAISON DE SANTE DU PORT|MAISON DE SANTE DU PORT|Clinique du Lac|1 MAISON DE SANTE DU PORT,3 Clinique du Lac";
    assert_eq!(desk.text(&before).await, both);
    assert_eq!(
        desk.text("SELECT phone FROM practitioner WHERE family_name = 'Le Goff'").await,
        "+33299999999"
    );
    assert_eq!(desk.count("SELECT count(*) FROM closure").await, 4, "absences too");

    // The clinic takes its hours back, and nobody else's.
    desk.import_from("lake", &[&desk.file("lake.ndjson", &maelle("p1", false, true))]).await;
    assert_eq!(
        desk.text(&before).await,
        "MAISON DE SANTE DU PORT|MAISON DE SANTE DU PORT|Clinique du Lac|1 MAISON DE SANTE DU PORT"
    );

    // Hours without a place are at the clinic's own one, said now or before.
    let nowhere = maelle("p1", true, false).replace(r#""id":"rp1""#, r#""id":"rx""#);
    let both_roles = format!("{}{nowhere}", maelle("p1", false, true));
    for day in ["wed", "thu"] {
        let text = both_roles.replace("wed", day);
        let unique: std::collections::BTreeSet<&str> = text.lines().collect();
        let text = unique.into_iter().collect::<Vec<_>>().join("\n");
        desk.import_from("lake", &[&desk.file("lake.ndjson", &text)]).await;
        let weekday = if day == "wed" { 3 } else { 4 };
        let expected = format!(
            "MAISON DE SANTE DU PORT|MAISON DE SANTE DU PORT|Clinique du Lac|1 MAISON DE SANTE DU PORT,{weekday} Clinique du Lac"
        );
        assert_eq!(desk.text(&before).await, expected);
    }

    // Without one they would be the other practice's: they are left out, and counted.
    desk.import_from("lake", &[&desk.file("lake.ndjson", &maelle("p1", true, false))]).await;
    assert_eq!(
        desk.text(&before).await,
        "MAISON DE SANTE DU PORT|MAISON DE SANTE DU PORT|1 MAISON DE SANTE DU PORT"
    );
    let reasons = desk.reasons().await;
    assert_eq!(
        reasons.get("hours without a place, where the main place is another source's"),
        Some(&1),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn a_move_leaves_the_practice_where_its_hours_are() {
    let desk = Desk::new().await;
    let header = "source_id,given_name,family_name,location_name,city\n";
    let at = |place: &str| format!("{header}1,Ana,Petit,{place},Rennes\n");
    desk.import(&[&desk.file("list.csv", &at("Port"))]).await;
    by_hand(&desk, "INSERT INTO opening (id, practitioner_id, location_id, starts_at, ends_at)
        SELECT gen_random_uuid(), id, location_id, now() - interval '2 days', now() - interval '1 day' FROM practitioner").await;
    desk.import(&[&desk.file("list.csv", &at("Lac"))]).await;
    assert_eq!(
        desk.text(WHERE).await,
        "Lac|Lac|Port",
        "nothing is booked at the old place any more; what was stays readable"
    );

    by_hand(&desk, "INSERT INTO opening (id, practitioner_id, location_id, starts_at, ends_at)
        SELECT gen_random_uuid(), id, location_id, now() + interval '1 day', now() + interval '2 days' FROM practitioner").await;
    desk.import(&[&desk.file("list.csv", &at("Parc"))]).await;
    assert_eq!(desk.text(WHERE).await, "Lac|Lac|Parc,Port", "patients are still to come there");

    by_hand(&desk, "DELETE FROM opening").await;
    desk.import(&[&desk.file("list.csv", &at("Mail"))]).await;
    assert_eq!(desk.text(WHERE).await, "Mail|Mail");
}

#[tokio::test]
async fn a_changed_phone_changes_the_phone_and_nothing_else() {
    let desk = Desk::new().await;
    let row = |phone: &str, active: &str| {
        format!("{HEADER}1,Ana,Petit,Cabinet,,Rennes,35000,{phone},{active},Bilan:30,\n")
    };
    desk.import(&[&desk.file("list.csv", &row("0299000001", "yes"))]).await;
    let state = "SELECT concat_ws('|', given_name, phone, active) FROM practitioner";
    by_hand(&desk, "UPDATE practitioner SET active = false, given_name = 'Anna'").await;
    desk.import(&[&desk.file("list.csv", &row("0299000002", "yes"))]).await;
    assert_eq!(desk.text(state).await, "Anna|+33299000002|f", "the practice has ended it");

    // What the list has ended, the list begins again.
    by_hand(&desk, "UPDATE practitioner SET active = true").await;
    desk.import(&[&desk.file("list.csv", &row("0299000002", "no"))]).await;
    assert_eq!(desk.text(state).await, "Anna|+33299000002|f");
    desk.import(&[&desk.file("list.csv", &row("0299000002", "yes"))]).await;
    assert_eq!(desk.text(state).await, "Anna|+33299000002|t");
}

#[tokio::test]
async fn another_source_reactivates_nobody() {
    let desk = Desk::new().await;
    desk.import(&[&desk.file("p.ndjson", &maelle("p1", false, false))]).await;
    by_hand(&desk, "UPDATE practitioner SET active = false").await;
    desk.import(&[&desk.fixture("PS_LibreAcces_Personne_activite_sample.txt")]).await;
    assert_eq!(desk.text("SELECT family_name FROM practitioner WHERE NOT active").await, "Le Goff");
}

#[tokio::test]
async fn strangers_at_one_address_are_not_one_practice() {
    let desk = Desk::new().await;
    let list = "source_id,given_name,family_name,location_name,line,city\n1,Ana,Petit,,1 rue du Lac,Rennes\n2,Luc,Grand,,1 rue du Lac,Rennes\n\
        3,Eva,Roux,Cabinet,1 rue du Lac,Rennes\n4,Tom,Blanc,Cabinet,1 rue du Lac,Rennes\n";
    let file = desk.file("list.csv", list);
    desk.import(&[&file]).await;
    let organizations = "SELECT string_agg(o.name || ' ' || n, ',' ORDER BY o.name) FROM organization o
        JOIN (SELECT organization_id, count(*) AS n FROM practitioner GROUP BY 1) AS p ON p.organization_id = o.id";
    assert_eq!(desk.text(organizations).await, "Ana Petit 1,Cabinet 2,Luc Grand 1");
    assert_eq!(desk.count("SELECT count(*) FROM location").await, 3);

    // Without a structure the French register is no better.
    let register = std::fs::read_to_string(desk.fixture("PS_LibreAcces_Personne_activite_sample.txt"))
        .expect("the file");
    let alone = register.replace("|C1001|MAISON DE SANTE DU PORT|", "|||");
    desk.import(&[&desk.file("PS_LibreAcces_Personne_activite_2.txt", &alone)]).await;
    assert_eq!(desk.count("SELECT count(*) FROM location WHERE line = '3 Rue DU PORT'").await, 2);
    assert_eq!(
        desk.count("SELECT count(*) FROM organization WHERE name IN ('Maëlle Le Goff', 'Yann Tanguy')").await,
        2
    );
}

#[tokio::test]
async fn two_clinics_with_the_same_ids_stay_apart() {
    let desk = Desk::new().await;
    let row = |name: &str| format!("source_id,given_name,family_name\n1,Ana,{name}\n");
    desk.import_from("north", &[&desk.file("list.csv", &row("Petit"))]).await;
    desk.import_from("south", &[&desk.file("list.csv", &row("Grand"))]).await;
    assert_eq!(
        desk.text("SELECT string_agg(family_name, ',' ORDER BY family_name) FROM practitioner").await,
        "Grand,Petit"
    );
}

#[tokio::test]
async fn an_organization_gets_its_new_name_unless_the_practice_gave_it_one() {
    let desk = Desk::new().await;
    let places = |one: &str, two: &str| {
        let place = |id: &str, name: &str| {
            format!(
                r#"{{"resourceType":"Location","id":"{id}","name":"{id}","managingOrganization":{{"reference":"Organization/o1","display":"{name}"}}}}"#
            )
        };
        format!("{}\n{}\n", place("l1", one), place("l2", two))
    };
    let name = "SELECT string_agg(name || ' ' || version, ',') FROM organization";
    desk.import(&[&desk.file("places.ndjson", &places("Groupe A", "Groupe A (nord)"))]).await;
    assert_eq!(desk.text(name).await, "Groupe A 1");
    desk.import(&[&desk.file("places.ndjson", &places("Groupe B", "Groupe A (sud)"))]).await;
    assert_eq!(desk.text(name).await, "Groupe B 2", "the place that named it does so again");
    by_hand(&desk, "UPDATE organization SET name = 'Chez nous', version = 3").await;
    desk.import(&[&desk.file("places.ndjson", &places("Groupe B", "Groupe A (est)"))]).await;
    assert_eq!(desk.text(name).await, "Chez nous 3");
}

#[tokio::test]
async fn a_visit_at_a_distance_makes_somebody_who_sees_people_at_a_distance() {
    let desk = Desk::new().await;
    let text = "source_id,given_name,family_name,visit_types\n1,Ana,Petit,Bilan:30|Vidéo:15:telehealth\n2,Luc,Grand,Bilan:30\n";
    desk.import(&[&desk.file("list.csv", text)]).await;
    assert_eq!(
        desk.text("SELECT string_agg(given_name, ',') FROM practitioner WHERE telehealth").await,
        "Ana"
    );
}
