//! Weeks of several practitioners and rooms side by side: a day's columns stand together, live and movable as elsewhere.

use fantoccini::key::Key;
use rendez_domain::booking::{self, Appointment, HoldRequest};
use rendez_domain::directory::{NewPractitioner, NewVisitType, Practitioner};
use rendez_testkit::world::new_practitioner;
use rendez_vocab::ids::SlotId;

use crate::agenda::{self, Day, cell, visit};
use crate::browser::{Browser, PHONE, Scripts, until};
use crate::rules;
use crate::stage::{Stage, play, play_with};

/// A colleague of the doctor's at the same practice.
async fn colleague(stage: &Stage, family_name: &str) -> Practitioner {
    let new = NewPractitioner {
        organization: Some(stage.doctor.organization),
        family_name: family_name.into(),
        visit_types: vec![NewVisitType { name: "Bilan".into(), ..NewVisitType::default() }],
        ..new_practitioner()
    };
    stage.world.enter(new).await
}

async fn book(stage: &Stage, day: &Day, whose: &Practitioner, minutes: i64) -> Appointment {
    let patient = stage.at_the_desk("Enora").await;
    let slot = SlotId::new(whose.id, whose.visit_types[0].id, day.at(minutes));
    let request = HoldRequest { slot, patient, reason: None };
    booking::book_at_desk(&stage.world.desk_of(&stage.doctor), request).await.expect("a free time")
}

/// The column of somebody's day.
fn column(whose: &Practitioner, day: &Day) -> String {
    format!("[data-column='{}_{}']", whose.id, day.date)
}

fn week(of: &[&Practitioner], day: &Day) -> String {
    let who: Vec<String> = of.iter().map(|one| one.id.to_string()).collect();
    format!("/practice/agenda?view=week&date={}&who={}", day.date, who.join(","))
}

async fn columns(browser: &Browser) -> usize {
    browser.count(".agenda-column").await
}

#[tokio::test]
async fn weeks_of_colleagues_stand_side_by_side() {
    play(async |stage, browser| {
        let yann = colleague(stage, "Quéméneur").await;
        let day = Day::open(stage).await;
        Day::of(stage, &yann).await;
        let nolwenn = day.book(stage, "Nolwenn", 0).await;
        agenda::sign_in(browser).await;
        browser.go(&week(&[&stage.doctor], &day)).await;
        assert_eq!(columns(browser).await, 7);
        browser.press("Quéméneur").await;
        until("two weeks", async || columns(browser).await == 14).await;

        // A day's columns stand together, and each says whose it is.
        let heads = "return [...document.querySelectorAll('.agenda-column')].slice(-2)
            .map((one) => `${one.classList.contains('leads')} ${one.getAttribute('aria-label')}`).join('; ')";
        let heads = browser.run(heads).await;
        let sunday = format!("Sun {}", day.date.day());
        let named = |one: &Practitioner| format!("{sunday}, {} {}", one.given_name, one.family_name);
        assert_eq!(heads, format!("true {}; false {}", named(&stage.doctor), named(&yann)));
        browser.first(&format!("{} {}", column(&stage.doctor, &day), visit(&nolwenn))).await;
        let in_sight = format!(
            "const box = document.querySelector(\"{}\").getBoundingClientRect(); return box.left >= 0 && box.left < innerWidth",
            column(&stage.doctor, &day)
        );
        assert_eq!(browser.run(&in_sight).await, true, "the day that was asked for is in sight");
        rules::judge(browser).await;
        browser.picture("agenda-weeks").await;

        // Another desk books: the one column follows, and the arrows lead from one to the other.
        browser.first("[data-live]").await;
        let enora = book(stage, &day, &yann, 60).await;
        browser.first(&format!("{} {}", column(&yann, &day), visit(&enora))).await;
        let focus = format!("document.querySelector(\"{}\").focus()", visit(&enora));
        browser.run(&focus).await;
        browser.keys(&char::from(Key::Left).to_string()).await;
        let column_of_focus = "return document.activeElement.closest('[data-column]').dataset.column";
        assert_eq!(browser.run(column_of_focus).await, format!("{}_{}", stage.doctor.id, day.date));

        // Moved by dragging, and opened for a caller.
        let there = format!("{} {}", column(&stage.doctor, &day), cell(day.at(90)));
        browser.drag(&visit(&nolwenn), &there).await;
        browser.first(&format!("{}[data-cell='{}']", visit(&nolwenn), day.at(90).as_second())).await;
        browser.press_first(&format!("{} {}", column(&yann, &day), cell(day.at(0)))).await;
        browser.first("dialog[open] #find").await;
        assert_eq!(browser.run("return document.querySelector('#time').value").await, "09:00");
        rules::judge(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_week_shows_six_at_most_and_says_so() {
    play_with(Scripts::Off, async |stage, browser| {
        let mut all = vec![stage.doctor.clone()];
        for name in ["Abgrall", "Bescond", "Cozic", "Derrien", "Elléouet", "Floc'h"] {
            all.push(colleague(stage, name).await);
        }
        let day = Day::open(stage).await;
        let all: Vec<&Practitioner> = all.iter().collect();
        agenda::sign_in(browser).await;
        browser.go(&week(&all[..6], &day)).await;
        assert_eq!(columns(browser).await, 42);
        browser.press("Floc'h").await;
        browser.see("A week shows 6 people and rooms at most").await;
        assert_eq!(columns(browser).await, 42);
        browser.press("Abgrall").await;
        until("five are left", async || columns(browser).await == 35).await;
        browser.press("Floc'h").await;
        browser.first(&format!("[data-column='{}_{}']", all[6].id, day.date)).await;
        assert_eq!(browser.count("main .notice:not([data-zone])").await, 0);
        browser.look_at(PHONE).await;
        rules::judge(browser).await;
    })
    .await;
}
