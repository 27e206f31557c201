//! Rooms beside the people who need them: what takes a room stands in its column, now and as it changes.

use rendez_domain::booking::{self, Appointment, HoldRequest};
use rendez_domain::directory::{self, NewPractitioner, NewRoom, NewVisitType, Practitioner, Room};
use rendez_domain::idempotency::Answer;
use rendez_testkit::world::new_practitioner;
use rendez_vocab::ids::SlotId;
use serde_json::Value;

use crate::agenda::{self, Day, visit};
use crate::browser::{Browser, PHONE, until};
use crate::rules;
use crate::stage::{Stage, play};

/// Hélène, who needs one room for a scan and the other for a stress test.
struct House {
    helene: Practitioner,
    scanner: Room,
    treadmill: Room,
    day: Day,
}

impl House {
    async fn open(stage: &Stage) -> Self {
        let needs = |name: &str, kind: &str| NewVisitType {
            name: name.into(),
            room_kind: Some(kind.into()),
            ..NewVisitType::default()
        };
        let visit_types = vec![needs("Échographie", "ultrasound"), needs("Épreuve d'effort", "stress-test")];
        let organization = Some(stage.doctor.organization);
        let new = NewPractitioner { organization, visit_types, ..new_practitioner() };
        let helene = stage.world.enter(new).await;
        let scanner = room(stage, &helene, "ultrasound", "Échographe").await;
        let treadmill = room(stage, &helene, "stress-test", "Salle d'effort").await;
        let day = Day::of(stage, &helene).await;
        Self { helene, scanner, treadmill, day }
    }

    /// The desk books one of Hélène's visit types.
    async fn book(&self, stage: &Stage, given_name: &str, visit_type: usize, minutes: i64) -> Appointment {
        let patient = stage.at_the_desk(given_name).await;
        let slot = SlotId::new(self.helene.id, self.helene.visit_types[visit_type].id, self.day.at(minutes));
        let request = HoldRequest { slot, patient, reason: None };
        booking::book_at_desk(&stage.world.desk_of(&stage.doctor), request).await.expect("a free time")
    }
}

async fn room(stage: &Stage, whose: &Practitioner, kind: &str, name: &str) -> Room {
    let new = NewRoom { kind: kind.into(), name: name.into() };
    let place = whose.locations[0].id;
    match directory::add_room(&stage.world.admin(), place, new, |_| Value::Null).await.expect("a room") {
        Answer::Fresh(room) => room,
        Answer::Replayed(_) => panic!("nothing to replay"),
    }
}

/// A visit in the column of a practitioner or room.
fn in_column(of: impl ToString, booked: &Appointment) -> String {
    format!("[data-column^='{}'] {}", of.to_string(), visit(booked))
}

async fn columns(browser: &Browser) -> usize {
    browser.count(".agenda-column").await
}

#[tokio::test]
async fn two_rooms_stand_beside_whoever_needs_them() {
    play(async |stage, browser| {
        let house = House::open(stage).await;
        let goulven = house.book(stage, "Goulven", 0, 0).await;
        agenda::sign_in(browser).await;
        let address = format!("/practice/agenda?view=day&date={}&who={}", house.day.date, house.helene.id);
        browser.go(&address).await;
        for name in ["Échographe", "Salle d'effort"] {
            let before = columns(browser).await;
            browser.press(name).await;
            until("the room has a column", async || columns(browser).await == before + 1).await;
        }
        browser.first(&in_column(house.helene.id, &goulven)).await;
        browser.first(&in_column(house.scanner.id, &goulven)).await;
        assert_eq!(
            browser.count(&in_column(house.treadmill.id, &goulven)).await,
            0,
            "the other room is free"
        );
        let said = browser.text_of(&in_column(house.scanner.id, &goulven)).await;
        assert!(said.contains("Goulven Tanguy") && said.contains("Hélène Le Goff"), "{said}");
        rules::judge(browser).await;

        // Another desk books the other room, and gives the first one back.
        browser.first("[data-live]").await;
        let enora = house.book(stage, "Enora", 1, 60).await;
        browser.first(&in_column(house.treadmill.id, &enora)).await;
        assert_eq!(browser.count(&in_column(house.scanner.id, &enora)).await, 0);
        browser.picture("agenda-rooms").await;
        let desk = stage.world.desk_of(&stage.doctor);
        booking::cancel(&desk, goulven.id, None, None).await.expect("the desk may");
        until("the room is free again", async || browser.count(&visit(&goulven)).await == 0).await;

        // The same visit is opened from the room, and its heading leads to the room's week.
        browser.press_first(&in_column(house.treadmill.id, &enora)).await;
        browser.see("Épreuve d'effort").await;
        browser.press("Close").await;
        browser.press_first(&format!("[data-column='{}'] a.name", house.treadmill.id)).await;
        until("a week", async || columns(browser).await == 7).await;
        browser.see("Salle d'effort").await;
        browser.first(&in_column(house.treadmill.id, &enora)).await;
        rules::judge(browser).await;
        browser.picture("agenda-room-week").await;
        browser.first("[data-live]").await;
        let malo = house.book(stage, "Malo", 1, 120).await;
        browser.first(&in_column(house.treadmill.id, &malo)).await;

        // The other room's week joins; a month counts visits of people, so it is not offered for rooms alone.
        assert_eq!(browser.count("a[href*='view=month']").await, 0);
        browser.press("Échographe").await;
        until("both weeks", async || columns(browser).await == 14).await;
        browser.press("Salle d'effort").await;
        until("the other room's week", async || columns(browser).await == 7).await;
        assert_eq!(browser.count(".slip").await, 0, "the other room is free again");
        browser.press_first(".agenda-head a.name").await;
        until("the day of the room alone", async || columns(browser).await == 1).await;
        browser.look_at(PHONE).await;
        browser.go(&format!("{address},{}", house.treadmill.id)).await;
        let chosen =
            "const box = document.querySelector('.agenda-who [aria-current]').getBoundingClientRect();
            return box.left >= 0 && box.right <= innerWidth";
        assert_eq!(browser.run(chosen).await, true, "whoever is shown is in sight");
    })
    .await;
}
