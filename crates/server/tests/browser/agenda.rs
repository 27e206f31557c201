//! The practice's agenda, which a reception keeps open all day.

use fantoccini::key::Key;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::booking::{self, Appointment};
use rendez_domain::directory::{self, NewOpenings, Practitioner};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::SlotId;
use serde_json::Value;

use crate::browser::{Browser, PHONE, Scripts, until};
use crate::rules;
use crate::stage::{Stage, play, play_with};

/// A day far enough ahead that the demo has booked nothing there.
const DAYS_AHEAD: i64 = 80;

/// The doctor's own day: open from 9 to 12 by the place's clock, and nothing booked.
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) nine: Timestamp,
}

impl Day {
    pub(crate) async fn open(stage: &Stage) -> Self {
        Self::of(stage, &stage.doctor).await
    }

    /// The same of somebody else.
    pub(crate) async fn of(stage: &Stage, whose: &Practitioner) -> Self {
        let place = &whose.locations[0];
        let zone = jiff::tz::TimeZone::get(&place.time_zone).expect("a zone");
        let now = stage.world.services.clock.now();
        let mut date = zone.to_datetime(now + SignedDuration::from_hours(24 * DAYS_AHEAD)).date();
        // A Sunday: the weekly hours open nothing.
        while date.weekday() != jiff::civil::Weekday::Sunday {
            date = date.tomorrow().expect("a day");
        }
        let at = |hour| date.at(hour, 0, 0, 0).to_zoned(zone.clone()).expect("an hour").timestamp();
        let ranges = vec![TimeRange::new(at(9), at(12)).expect("a morning")];
        let new = NewOpenings { ranges, visit_types: Vec::new(), location: None };
        directory::open(&stage.world.admin(), whose.id, new, |_| Value::Null).await.expect("an opening");
        Self { date, nine: at(9) }
    }

    pub(crate) fn at(&self, minutes: i64) -> Timestamp {
        self.nine + SignedDuration::from_mins(minutes)
    }

    pub(crate) fn address(&self, stage: &Stage) -> String {
        format!("/practice/agenda?view=day&date={}&who={}", self.date, stage.doctor.id)
    }

    /// The desk books a patient of its own.
    pub(crate) async fn book(&self, stage: &Stage, given_name: &str, minutes: i64) -> Appointment {
        let patient = stage.at_the_desk(given_name).await;
        let slot = SlotId::new(stage.doctor.id, stage.doctor.visit_types[0].id, self.at(minutes));
        let request = booking::HoldRequest { slot, patient, reason: None };
        booking::book_at_desk(&stage.world.desk_of(&stage.doctor), request).await.expect("a free time")
    }
}

pub(crate) async fn sign_in(browser: &Browser) {
    browser.go("/sign-in").await;
    browser.press("The reception of the practice").await;
    browser.first(".agenda-grid").await;
    assert_eq!(browser.path().await, "/practice/agenda");
}

/// The cell that begins at an instant.
pub(crate) fn cell(at: Timestamp) -> String {
    format!("a.cell[data-cell='{}']", at.as_second())
}

pub(crate) fn visit(visit: &Appointment) -> String {
    format!("[data-visit='{}']", visit.id)
}

/// Opens a part of the page that is folded.
pub(crate) async fn unfold(browser: &Browser, words: &str) {
    let summary = browser.find(&format!("//main//summary[contains(., '{words}')]")).await;
    summary.click().await.unwrap_or_else(|error| panic!("{words} cannot be unfolded: {error}"));
}

#[tokio::test]
async fn the_reception_sees_several_days_side_by_side() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        let nolwenn = day.book(stage, "Nolwenn", 15).await;
        sign_in(browser).await;
        assert_eq!(browser.count(".agenda-column").await, 5, "everybody of the practice has a column");
        browser.see("Today").await;
        browser.picture("agenda-today").await;
        let all = browser
            .run(
                "return new URLSearchParams(document.querySelector('[data-agenda]').dataset.here).get('who')",
            )
            .await;
        let all = all.as_str().expect("ids").to_owned();

        browser.go(&format!("/practice/agenda?date={}&who={all}", day.date)).await;
        assert!(browser.text_of(&visit(&nolwenn)).await.contains("Nolwenn Tanguy"));
        browser.picture("agenda-day").await;
        browser.go(&day.address(stage).replace("view=day", "view=week")).await;
        assert_eq!(browser.count(".agenda-column").await, 7, "a week of one practitioner");
        browser.first(&visit(&nolwenn)).await;
        browser.picture("agenda-week").await;
        browser.go(&format!("/practice/agenda?view=month&date={}&who={all}", day.date)).await;
        browser.see("one visit").await;
        browser.picture("agenda-month").await;
        browser.press_first(".agenda-month td a:has(b)").await;
        browser.first(".agenda-grid").await;

        browser.go(&format!("{}&hours=all", day.address(stage))).await;
        browser.first(&visit(&nolwenn)).await;
        assert!(browser.count(".agenda-axis .at").await >= 23, "the whole day");
        browser.look_at(PHONE).await;
        browser.go(&day.address(stage)).await;
        browser.first(&visit(&nolwenn)).await;
    })
    .await;
}

#[tokio::test]
async fn a_caller_is_booked_with_the_keyboard_alone() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        let goulven = stage.at_the_desk("Goulven").await;
        sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.run(&format!("document.querySelector(\"{}\").focus()", cell(day.at(0)))).await;
        browser.keys(&char::from(Key::Down).to_string()).await;
        assert_eq!(
            browser.run("return document.activeElement.dataset.cell").await,
            day.at(15).as_second().to_string()
        );
        browser.keys(&char::from(Key::Enter).to_string()).await;
        browser.first("dialog[open] #find").await;
        rules::judge(browser).await;
        browser.picture("agenda-book").await;
        browser.keys("goul tan").await;
        browser.first("dialog [data-found] button").await;
        browser.picture("agenda-book-found").await;
        browser.keys(&char::from(Key::Enter).to_string()).await;
        until("the name has the focus", async || {
            browser.run("return document.activeElement.matches('[data-found] button')").await == true
        })
        .await;
        browser.keys(&char::from(Key::Enter).to_string()).await;
        browser.first("[data-notice] [role=status]").await;
        assert!(browser.text_of("[data-notice]").await.contains("Goulven Tanguy"));
        until("the dialog is closed", async || browser.count("dialog[open]").await == 0).await;
        let place = format!(".slip[data-cell='{}']", day.at(15).as_second());
        assert!(browser.text_of(&place).await.contains("Goulven Tanguy"));
        rules::judge(browser).await;
        let visits = format!(
            "SELECT count(*) FROM appointment WHERE patient_id = '{}' AND status = 'booked'",
            goulven.uuid()
        );
        assert_eq!(stage.world.count(&visits).await, 1);
    })
    .await;
}

#[tokio::test]
async fn somebody_new_is_entered_unless_they_are_known() {
    play_with(Scripts::Off, async |stage, browser| {
        let day = Day::open(stage).await;
        stage.at_the_desk("Goulven").await;
        sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.press_first(&cell(day.at(30))).await;
        browser.see("New visit").await;
        unfold(browser, "Somebody new").await;
        browser.write("given_name", "Goulven").await;
        browser.write("family_name", "Tanguy").await;
        browser.write("birth_date", "31/02/1986").await;
        browser.press("Enter and book").await;
        browser.first("#birth_date[aria-invalid]").await;
        rules::forgive(browser, 422).await;
        browser.see("Write the day of birth").await;
        browser.write("birth_date", "12/04/1986").await;
        browser.press("Enter and book").await;
        browser.see("Perhaps you know this person already").await;
        browser.press("It is none of them").await;
        browser.see("Booked: 09:30, Goulven Tanguy").await;
        assert_eq!(stage.world.count("SELECT count(*) FROM patient WHERE family_name = 'Tanguy'").await, 2);

        // Moved without a script: another time is chosen in the agenda, and taken back.
        browser.press_first(".slip").await;
        browser.press("Move").await;
        browser.see("choose the new time").await;
        browser.press_first(&cell(day.at(60))).await;
        browser.see("Move this visit?").await;
        browser.press("Move it").await;
        browser.see("Moved to 10:00").await;
        browser.press("Undo").await;
        browser.see("Moved to 09:30").await;
        browser.press_first(".slip").await;
        unfold(browser, "Cancel").await;
        browser.press("Cancel the visit").await;
        browser.see("Cancelled: 09:30").await;
        assert_eq!(browser.count(".slip").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_time_is_blocked_and_overbooked_and_explained() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        let goulven = day.book(stage, "Goulven", 0).await;
        stage.at_the_desk("Enora").await;
        sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.press_first(&cell(day.at(120))).await;
        browser.first("dialog[open]").await;
        unfold(browser, "Why is this time").await;
        browser.see("It lies inside opening hours").await;
        browser.picture("agenda-why").await;
        unfold(browser, "Block this time").await;
        browser.run("document.querySelector('#until').value = '12:00'").await;
        browser.write("block-reason", "Staff meeting").await;
        browser.press_first("dialog form[action='/practice/block'] button").await;
        browser.first(".shut").await;
        assert!(browser.text_of(".shut").await.contains("Staff meeting"));
        browser.picture("agenda-blocked").await;

        // The closed hour before the morning: not free, so a reason is asked for.
        let before = day.nine - SignedDuration::from_mins(15);
        browser.press_first(&cell(before)).await;
        browser.see("This time is not free").await;
        browser.write("find", "enora tan").await;
        browser.first("dialog [data-found] button").await;
        browser.press_first("dialog [data-found] button").await;
        browser.first("dialog [role=alert]").await;
        rules::forgive(browser, 409).await;
        browser.see("Choose another time, or write a reason").await;
        browser.picture("agenda-not-free").await;
        browser.write("overbook-reason", "It cannot wait").await;
        browser.press_first("dialog [data-found] button").await;
        browser.first(".slip.overbooked").await;
        assert!(browser.text_of(".slip.overbooked").await.contains("Enora Tanguy"));
        browser.first(&visit(&goulven)).await;
        browser.picture("agenda-overbooked").await;

        browser.press_first(&cell(day.at(135))).await;
        browser.press("End this absence").await;
        until("the time is free again", async || browser.count(".shut").await == 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_dragged_and_the_drag_undone() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        let goulven = day.book(stage, "Goulven", 0).await;
        let enora = day.book(stage, "Enora", 120).await;
        sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.first("[data-live]").await;
        browser.drag(&visit(&goulven), &cell(day.at(60))).await;
        browser.first(&format!("{}[data-cell='{}']", visit(&goulven), day.at(60).as_second())).await;
        assert!(browser.text_of("[data-notice]").await.contains("Moved to"));
        browser.picture("agenda-moved").await;
        browser.press("Undo").await;
        browser.first(&format!("{}[data-cell='{}']", visit(&goulven), day.nine.as_second())).await;

        // Onto another visit: refused in words, and everything stays.
        browser.drag(&visit(&goulven), &visit(&enora)).await;
        until("it is told", async || {
            browser.text_of("[data-notice]").await.contains("Somebody else has this time")
        })
        .await;
        rules::forgive(browser, 409).await;
        browser.first(&format!("{}[data-cell='{}']", visit(&goulven), day.nine.as_second())).await;
        assert_eq!(browser.count(".ghost, .leaving").await, 0);

        // Over empty time: a new visit with its range.
        browser.drag(&cell(day.at(45)), &cell(day.at(90))).await;
        browser.first("dialog[open] #find").await;
        assert_eq!(browser.run("return document.querySelector('#time').value").await, "09:45");
        rules::judge(browser).await;
    })
    .await;
}

#[tokio::test]
async fn two_desks_see_each_others_bookings_and_nothing_jumps() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.first("[data-live]").await;
        browser
            .run(&format!("document.querySelector(\"{}\").focus({{preventScroll: true}})", cell(day.at(90))))
            .await;
        browser.run("document.querySelector('.agenda-frame').scrollTop = 60").await;
        let booked = day.book(stage, "Goulven", 15).await;
        browser.first(&visit(&booked)).await;
        assert_eq!(browser.run("return document.querySelector('.agenda-frame').scrollTop").await, 60);
        assert_eq!(
            browser.run("return document.activeElement.dataset.cell").await,
            day.at(90).as_second().to_string()
        );

        // An open dialog stays open, and what was typed stays.
        browser.press_first(&cell(day.at(60))).await;
        browser.first("dialog[open] #find").await;
        browser.keys("gou").await;
        let another = day.book(stage, "Enora", 120).await;
        browser.first(&visit(&another)).await;
        assert_eq!(browser.run("return document.querySelector('dialog[open] #find').value").await, "gou");
        browser.keys(&char::from(Key::Escape).to_string()).await;
        until("the dialog is closed", async || browser.count("dialog[open]").await == 0).await;

        let desk = stage.world.desk_of(&stage.doctor);
        booking::cancel(&desk, booked.id, None, None).await.expect("the desk may");
        until("the visit is gone", async || browser.count(&visit(&booked)).await == 0).await;
    })
    .await;
}
