//! Resources as bulk data exports them.

use crate::desk::{Desk, Lines};

#[tokio::test]
async fn resources_find_each_other_in_any_order_and_any_file() {
    let desk = Desk::new().await;
    let (roles, people) = (desk.fixture("fhir/roles-first.ndjson"), desk.fixture("fhir/people.ndjson"));
    let lines = desk.import(&[&roles, &people]).await;
    // p1, r1, s1, p2, r2, p3, and two places are taken.
    assert_eq!(lines, Lines { read: 16, created: 8, updated: 0, unchanged: 0, skipped: 2, bad: 6 });
    let bad =
        [(3, "practitioner"), (4, "location"), (6, "actor"), (7, "name.given"), (8, "line"), (9, "line")];
    assert_eq!(desk.report(&roles), bad.map(|(line, field)| (line, field.to_owned())));
    let maelle = "SELECT concat_ws('|', p.given_name, p.family_name, p.specialty, p.phone, p.languages, l.name, o.name)
        FROM practitioner p JOIN location l ON l.id = p.location_id JOIN organization o ON o.id = p.organization_id
        WHERE p.family_name = 'Le Goff'";
    assert_eq!(
        desk.text(maelle).await,
        "Maëlle Anne|Le Goff|dentistry|+33299000001|{fr,br}|Maison de santé du Port|Groupe du Port"
    );
    let rules = "SELECT string_agg(concat_ws(' ', weekday, starts, ends, valid_from, valid_until), ',' ORDER BY weekday) FROM opening_rule";
    assert_eq!(
        desk.text(rules).await,
        "1 09:00:00 12:30:00 2026-06-01 2027-06-30,2 09:00:00 12:30:00 2026-06-01 2027-06-30,\
         7 00:00:00 00:00:00 2026-06-01 2027-06-30"
    );
    assert_eq!(
        desk.text("SELECT concat_ws(' ', starts, ends, reason) FROM closure").await,
        "2026-12-24 00:00:00 2026-12-27 00:00:00 Congés"
    );
    let types = "SELECT string_agg(v.name, ',' ORDER BY v.name) FROM visit_type v JOIN practitioner p ON p.id = practitioner_id
        WHERE family_name = 'Le Goff'";
    assert_eq!(desk.text(types).await, "Bilan");
    assert_eq!(desk.text("SELECT family_name FROM practitioner WHERE NOT active").await, "Retraité");
    assert_eq!(desk.count("SELECT count(*) FROM organization WHERE name = 'Groupe du Port'").await, 1);

    let again = desk.import(&[&roles, &people]).await;
    assert_eq!((again.created, again.updated, again.unchanged, again.bad), (0, 0, 8, 6));
}

#[tokio::test]
async fn a_role_that_ended_takes_its_place_and_its_hours_away() {
    let desk = Desk::new().await;
    let (roles, people) = (desk.fixture("fhir/roles-first.ndjson"), desk.fixture("fhir/people.ndjson"));
    desk.import(&[&roles, &people]).await;
    let text = std::fs::read_to_string(&roles).expect("the file");
    let ended = text.replace(r#""id":"r1","#, r#""id":"r1","active":false,"#);
    let roles = desk.file("roles-first.ndjson", &ended);
    let lines = desk.import(&[&roles, &people]).await;
    assert_eq!(
        (lines.created, lines.updated),
        (0, 3),
        "her record, her role and its schedule are one practitioner"
    );
    assert_eq!(desk.count("SELECT count(*) FROM opening_rule").await, 0);
    assert_eq!(desk.count("SELECT count(*) FROM closure").await, 0);
    assert_eq!(desk.count("SELECT count(*) FROM practitioner_location").await, 0);
}

#[tokio::test]
async fn a_national_number_makes_two_sources_mean_the_same_person() {
    let desk = Desk::new().await;
    let people = desk.fixture("fhir/people.ndjson");
    desk.import(&[&people]).await;
    let register = desk.fixture("PS_LibreAcces_Personne_activite_sample.txt");
    let lines = desk.import(&[&register]).await;
    assert_eq!((lines.updated, lines.created), (2, 3), "Maëlle is known by her number");
    assert_eq!(desk.count("SELECT count(*) FROM practitioner WHERE family_name = 'Le Goff'").await, 1);
    assert_eq!(
        desk.count("SELECT count(*) FROM practitioner_identifier WHERE value = '81000000000'").await,
        1
    );

    // Another record of the same source cannot claim her number.
    let twice = r#"{"resourceType":"Practitioner","id":"p9","identifier":[{"system":"urn:oid:1.2.250.1.71.4.2.1","value":"81000000000"}],"name":[{"family":"Autre","given":["Maëlle"]}]}"#;
    let twice = desk.file("twice.ndjson", twice);
    desk.import(&[&twice]).await;
    assert_eq!(desk.report(&twice), [(1, "identifier".to_owned())]);
    assert_eq!(desk.count("SELECT count(*) FROM practitioner WHERE family_name = 'Autre'").await, 0);
}

fn resources(of: &[&str]) -> String {
    of.join("\n")
}

const ANA: &str =
    r#"{"resourceType":"Practitioner","id":"p1","name":[{"family":"Petit","given":["Ana",null]}]}"#;

#[tokio::test]
async fn several_schedules_bound_the_hours_together() {
    let desk = Desk::new().await;
    let role = r#"{"resourceType":"PractitionerRole","id":"r1","practitioner":{"reference":"Practitioner/p1"},"availableTime":[{"daysOfWeek":["mon"],"availableStartTime":"09:00:00","availableEndTime":"12:30:00"}]}"#;
    let schedule = |horizon: &str| {
        format!(
            r#"{{"resourceType":"Schedule","id":"s","actor":[{{"reference":"PractitionerRole/r1"}}]{horizon}}}"#
        )
    };
    let bounded = |start: &str, end: &str| {
        schedule(&format!(r#","planningHorizon":{{"start":"{start}","end":"{end}"}}"#))
    };
    let (spring, autumn) = (bounded("2026-03-01", "2026-05-31"), bounded("2026-09-01", "2026-11-30"));
    let rules = "SELECT string_agg(concat_ws(' ', weekday, valid_from, valid_until), ',') FROM opening_rule";
    let file = desk.file("one.ndjson", &resources(&[ANA, role, &autumn, &spring]));
    desk.import(&[&file]).await;
    assert_eq!(desk.text(rules).await, "1 2026-03-01 2026-11-30");
    let file = desk.file("one.ndjson", &resources(&[ANA, role, &spring, &schedule("")]));
    desk.import(&[&file]).await;
    assert_eq!(desk.text(rules).await, "1", "one of them has no bounds");
}

#[tokio::test]
async fn a_schedule_that_guesses_leaves_the_practices_minutes_alone() {
    let desk = Desk::new().await;
    let schedule = |services: &str| {
        format!(
            r#"{{"resourceType":"Schedule","id":"s","actor":[{{"reference":"Practitioner/p1"}}],"serviceType":[{services}]}}"#
        )
    };
    let types = "SELECT string_agg(concat_ws(' ', name, duration_minutes, telehealth), ',' ORDER BY name) FROM visit_type WHERE active";
    desk.import(&[&desk.file("one.ndjson", &resources(&[ANA, &schedule(r#"{"text":"Bilan"}"#)]))]).await;
    assert_eq!(desk.text(types).await, "Bilan 15 f");
    let client = &desk.client;
    client
        .execute("UPDATE visit_type SET duration_minutes = 40, telehealth = true", &[])
        .await
        .expect("changed");
    let more = schedule(r#"{"text":"Bilan"},{"text":"Suivi"}"#);
    let lines = desk.import(&[&desk.file("one.ndjson", &resources(&[ANA, &more]))]).await;
    assert_eq!(lines.updated, 2);
    assert_eq!(desk.text(types).await, "Bilan 40 t,Suivi 15 f");
}

#[tokio::test]
async fn absences_are_those_of_the_place_whatever_zone_they_are_written_in() {
    let desk = Desk::new().await;
    let place = r#"{"resourceType":"Location","id":"l1","address":{"line":["1 rue",null],"postalCode":"97400","city":"Saint-Denis"}}"#;
    let role = |absence: &str| {
        format!(
            r#"{{"resourceType":"PractitionerRole","id":"r1","practitioner":{{"reference":"Practitioner/p1"}},"location":[{{"reference":"Location/l1"}}],"notAvailable":[{{"during":{absence}}}]}}"#
        )
    };
    let utc = role(r#"{"start":"2026-12-24T06:00:00Z","end":"2026-12-24T08:30:00.000Z"}"#);
    let closures = "SELECT string_agg(concat_ws(' ', starts, ends), ',' ORDER BY starts) FROM closure";
    desk.import(&[&desk.file("one.ndjson", &resources(&[ANA, place, &utc]))]).await;
    assert_eq!(
        desk.text(closures).await,
        "2026-12-24 10:00:00 2026-12-24 12:30:00",
        "Réunion is four hours ahead"
    );

    // The practice's own absence stays when the clinic says another.
    let own = "INSERT INTO closure (practitioner_id, starts, ends) SELECT id, '2027-02-01', '2027-02-02' FROM practitioner";
    desk.client.execute(own, &[]).await.expect("entered");
    let day = role(r#"{"start":"2026-12-25","end":"2026-12-25"}"#);
    desk.import(&[&desk.file("one.ndjson", &resources(&[ANA, place, &day]))]).await;
    assert_eq!(
        desk.text(closures).await,
        "2026-12-25 00:00:00 2026-12-26 00:00:00,2027-02-01 00:00:00 2027-02-02 00:00:00"
    );
}

#[tokio::test]
async fn what_says_too_little_is_left_out_and_not_lost() {
    let desk = Desk::new().await;
    let role = r#"{"resourceType":"PractitionerRole","id":"r1","practitioner":{"reference":"Practitioner/p1"},"availableTime":[{"daysOfWeek":["mon"]},{"daysOfWeek":["tue"],"availableStartTime":"09:00:00","availableEndTime":"12:00:00"}]}"#;
    let lines = desk.import(&[&desk.file("one.ndjson", &resources(&[ANA, role]))]).await;
    assert_eq!((lines.created, lines.bad), (2, 0));
    assert_eq!(desk.count("SELECT sum(weekday) FROM opening_rule").await, 2, "Monday has no hours");
    assert_eq!(desk.text("SELECT given_name FROM practitioner").await, "Ana");

    // Who has left may have no name any more.
    let gone = r#"{"resourceType":"Practitioner","id":"p1","active":false}"#;
    let stranger = gone.replace("p1", "p2");
    let lines = desk.import(&[&desk.file("two.ndjson", &resources(&[gone, &stranger]))]).await;
    assert_eq!((lines.updated, lines.skipped, lines.bad), (1, 1, 0));
    assert_eq!(
        desk.count("SELECT count(*) FROM practitioner WHERE NOT active AND given_name = 'Ana'").await,
        1
    );
}
