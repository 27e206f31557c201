//! A clinic's own list, in our columns.

use rendez_vocab::entropy::SeededEntropy;

use crate::desk::{Desk, Lines};

#[tokio::test]
async fn every_column_arrives() {
    let desk = Desk::new().await;
    let file = desk.fixture("practitioners.csv");
    let lines = desk.import(&[&file]).await;
    assert_eq!(lines, Lines { read: 8, created: 4, updated: 0, unchanged: 0, skipped: 0, bad: 4 });
    let bad = [(6, "given_name"), (7, "opening_hours"), (8, "latitude"), (9, "line")];
    assert_eq!(desk.report(&file), bad.map(|(line, field)| (line, field.to_owned())));
    let nolwenn = desk
        .text(
            "SELECT concat_ws('|', p.specialty, p.languages, p.phone, p.email, p.accepts_new_patients, p.telehealth, l.name,
                l.latitude, l.longitude) FROM practitioner p JOIN location l ON l.id = p.location_id WHERE p.given_name = 'Nolwenn'",
        )
        .await;
    assert_eq!(
        nolwenn,
        "dentistry|{fr,en,br}|+33299000001|nolwenn@cabinet.example|t|f|Cabinet du Port|48.65|-2.02"
    );
    let rules = "SELECT string_agg(concat_ws(' ', r.weekday, r.starts, r.ends, l.city), ',' ORDER BY r.weekday, r.starts)
        FROM opening_rule r JOIN location l ON l.id = r.location_id";
    assert_eq!(
        desk.text(rules).await,
        "1 09:00:00 12:00:00 Saint-Malo,1 14:00:00 18:00:00 Saint-Malo,2 09:00:00 12:00:00 Saint-Malo,\
         2 14:00:00 18:00:00 Saint-Malo,3 09:00:00 12:00:00 Rennes,6 09:00:00 12:00:00 Saint-Malo"
    );
    let types = "SELECT string_agg(concat_ws(' ', v.name, v.duration_minutes, v.telehealth), ',' ORDER BY p.family_name, v.position)
        FROM visit_type v JOIN practitioner p ON p.id = v.practitioner_id";
    assert_eq!(desk.text(types).await, "Contrôle 30 f,Urgence 20 f,Consultation 15 f,Vidéo 15 t");
    assert_eq!(
        desk.text("SELECT family_name FROM practitioner WHERE given_name = 'Erwan'").await,
        "Le \"Grand\" Bihan"
    );
    assert_eq!(
        desk.count("SELECT count(*) FROM location WHERE city = 'Saint-Malo'").await,
        1,
        "the same address, written in capitals"
    );
    let reasons = desk.reasons().await;
    for reason in [
        "specialty not known",
        "language not known",
        "sector not known",
        "e-mail address not understood",
        "no place",
    ] {
        assert_eq!(reasons.get(reason), Some(&1), "{reason}: {reasons:?}");
    }
}

#[tokio::test]
async fn what_changed_in_the_file_changes_and_what_the_practice_changed_stays() {
    let desk = Desk::new().await;
    let header = "source_id,given_name,family_name,phone,city,postal_code,visit_types,opening_hours\n";
    let before =
        "1,Ana,Petit,0299000001,Rennes,35000,Bilan:30|Suivi:15,mon 09:00-12:00\n2,Luc,Grand,,Brest,29200,,\n";
    let file = desk.file("list.csv", &format!("{header}{before}"));
    desk.import(&[&file]).await;
    // Luc's practice enters hours by itself, and Ana's a visit type.
    desk.client
        .batch_execute(
            "INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends)
                SELECT id, location_id, 5, '10:00', '11:00' FROM practitioner WHERE given_name = 'Luc';
             INSERT INTO visit_type (id, practitioner_id, name, duration_minutes)
                SELECT gen_random_uuid(), id, 'Urgence', 10 FROM practitioner WHERE given_name = 'Ana'",
        )
        .await
        .expect("changed by hand");
    let after = "1,Ana,Petit,0299000009,Quimper,29000,Bilan:45,tue 09:00-12:00\n2,Luc,Grand,,Brest,29200,,\n";
    let file = desk.file("list.csv", &format!("{header}{after}"));
    let lines = desk.import(&[&file]).await;
    assert_eq!((lines.created, lines.updated, lines.unchanged), (0, 1, 1));
    assert_eq!(
        desk.text("SELECT concat_ws('|', phone, l.city, p.version, schedule_version) FROM practitioner p JOIN location l ON l.id = location_id WHERE given_name = 'Ana'").await,
        "+33299000009|Quimper|2|2"
    );
    let rules = "SELECT string_agg(given_name || weekday, ',' ORDER BY given_name) FROM opening_rule JOIN practitioner p ON p.id = practitioner_id";
    assert_eq!(desk.text(rules).await, "Ana2,Luc5");
    let types = "SELECT string_agg(concat_ws(' ', v.name, duration_minutes, v.active), ',' ORDER BY v.name) FROM visit_type v
        JOIN practitioner p ON p.id = practitioner_id WHERE given_name = 'Ana'";
    assert_eq!(
        desk.text(types).await,
        "Bilan 45 t,Suivi 15 f,Urgence 10 t",
        "only what the list made is ended by it"
    );
    let heard = "SELECT count(*) FROM change c JOIN practitioner p ON p.id = c.practitioner_id WHERE given_name = 'Ana' AND kind = 'schedule'";
    assert_eq!(desk.count(heard).await, 2, "followers hear of the change");
    assert_eq!(desk.count("SELECT count(*) FROM audit WHERE action = 'practitioner.import'").await, 3);
}

#[tokio::test]
async fn a_place_that_gets_a_position_is_told_to_whoever_works_there() {
    let desk = Desk::new().await;
    let list = |position: &str| {
        format!(
            "source_id,given_name,family_name,location_name,line,latitude,longitude\n1,Ana,Petit,Cabinet,Ailleurs,{position}\n"
        )
    };
    desk.import(&[&desk.file("list.csv", &list(","))]).await;
    let lines = desk.import(&[&desk.file("list.csv", &list("48.1,-1.7"))]).await;
    assert_eq!(lines.unchanged, 1, "nothing of herself has changed");
    assert_eq!(
        desk.text("SELECT concat_ws('|', l.latitude, l.version, p.schedule_version) FROM practitioner p JOIN location l ON l.id = location_id").await,
        "48.1|2|2"
    );
    assert_eq!(desk.count("SELECT count(*) FROM change WHERE kind = 'schedule'").await, 2);
}

/// Lists with random defects: what is counted adds up, and the report names exactly the lines that are wrong.
#[tokio::test]
async fn no_line_is_lost_whatever_is_wrong_in_it() {
    for seed in 0..6 {
        let desk = Desk::new().await;
        let dice = SeededEntropy::new(seed);
        let mut text = String::from("source_id,given_name,family_name,visit_types,latitude,longitude,city\n");
        let (mut wrong, mut blank, mut people) = (Vec::new(), 0, std::collections::BTreeSet::new());
        for line in 2..2502u64 {
            let id = dice.next_u64() % 1500;
            let good = format!("{id},Ana,Petit{id},Bilan:30,48.1,-1.7,Ville {}", id % 90);
            let row = match dice.next_u64() % 12 {
                0 => format!("{id},,Petit,Bilan:30,48.1,-1.7,x"),
                1 => format!("{id},Ana,Petit,Bilan,48.1,-1.7,x"),
                2 => format!("{id},Ana,Petit,Bilan:30,480.1,-1.7,x"),
                3 => format!("{id},Ana"),
                4 => format!("{id},\"Ana,Petit,Bilan:30,48.1,-1.7,x"),
                5 => String::from("  "),
                _ => {
                    people.insert(id);
                    good.clone()
                }
            };
            if row.trim().is_empty() {
                blank += 1;
            } else if row != good {
                wrong.push(line);
            }
            text.push_str(&row);
            text.push('\n');
        }
        let file = desk.file("list.csv", &text);
        let lines = desk.import(&[&file]).await;
        assert_eq!(lines.read, 2500 - blank);
        assert_eq!(lines.read, lines.created + lines.updated + lines.unchanged + lines.skipped + lines.bad);
        let reported: Vec<u64> = desk.report(&file).into_iter().map(|(line, _)| line).collect();
        assert_eq!(reported, wrong, "seed {seed}");
        assert_eq!(desk.count("SELECT count(*) FROM practitioner").await, people.len() as i64);
    }
}

#[tokio::test]
async fn texts_of_any_length_and_odd_characters_stop_nothing() {
    let desk = Desk::new().await;
    let long = "é".repeat(5000);
    let rows = [
        "source_id,given_name,family_name,location_name,line,city,phone,visit_types".to_owned(),
        format!("1,Ana,Petit,{long},{long},{long},{long},Bilan:30"),
        format!("2,{},{},,,,,", "x".repeat(100), "y".repeat(100)),
        "3,👩‍⚕️,—,Cabinet,,,,".to_owned(),
        "4,A\0na,Petit,,,,,".to_owned(),
        format!("{},Ana,Petit,,,,,", "9".repeat(201)),
        format!("5,Ana,Petit,,,,,{long}:30"),
        format!("6,Ana,Petit,,{},,,", "z".repeat(2_000_000)),
    ];
    let file = desk.file("list.csv", &rows.join("\n"));
    let lines = desk.import(&[&file]).await;
    assert_eq!((lines.read, lines.created, lines.bad), (7, 3, 4));
    let bad = [(5, "line"), (6, "source_id"), (7, "visit_types"), (8, "line")];
    assert_eq!(desk.report(&file), bad.map(|(line, field)| (line, field.to_owned())));
    assert_eq!(desk.count("SELECT max(length(name || line || city))::bigint FROM location").await, 600);
    assert_eq!(desk.import(&[&file]).await.unchanged, 3);
}
