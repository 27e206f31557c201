//! The agenda by finger: a long press lifts a visit, and whatever moves sooner only scrolls.

use crate::agenda::{self, Day, cell, visit};
use crate::browser::{Browser, PHONE, Screen, TABLET, until};
use crate::rules;
use crate::stage::{Stage, play};

/// So many looks in a row that find it in the same place tell that it does not move any more.
const LOOKS_AT_REST: usize = 8;

/// Where the agenda is scrolled to, and the page.
async fn scrolled(browser: &Browser) -> (f64, f64) {
    let at = browser.run("return [document.querySelector('.agenda-frame').scrollTop, scrollY]").await;
    (at[0].as_f64().expect("a place"), at[1].as_f64().expect("a place"))
}

/// Waits until the agenda has come to rest: a finger on one that still moves only stops it.
async fn at_rest(browser: &Browser) {
    let mut seen = Vec::new();
    until("the agenda rests", async || {
        seen.push(scrolled(browser).await);
        seen.iter().rev().take(LOOKS_AT_REST).filter(|at| **at == seen[seen.len() - 1]).count()
            == LOOKS_AT_REST
    })
    .await;
}

async fn moves_a_visit(stage: &Stage, browser: &Browser, screen: Screen) {
    let day = Day::open(stage).await;
    let goulven = day.book(stage, "Goulven", 0).await;
    agenda::sign_in(browser).await;
    browser.set_touch(true).await;
    browser.look_at(screen).await;
    browser.go(&day.address(stage)).await;
    browser.first("[data-live]").await;
    let here = visit(&goulven);
    let at = |minutes: i64| format!("{here}[data-cell='{}']", day.at(minutes).as_second());

    // Whoever only scrolls moves nothing, even when the finger comes down on a visit.
    browser.bring(&here).await;
    at_rest(browser).await;
    let before = scrolled(browser).await;
    browser.swipe_up(&here, 150).await;
    until("it has scrolled", async || scrolled(browser).await != before).await;
    at_rest(browser).await;
    assert_eq!(browser.count(".ghost, .leaving, dialog[open]").await, 0);
    browser.first(&at(0)).await;

    // A long press lifts it; where it would come to is said on the way.
    browser.finger_on(&here).await;
    browser.first(".ghost").await;
    let before = scrolled(browser).await;
    browser.finger_from_to(&here, &cell(day.at(60))).await;
    assert_eq!(scrolled(browser).await, before, "the agenda keeps still under a lifted visit");
    let said = browser.text_of(".ghost").await;
    assert_eq!(said, "10:00–10:15");
    browser.finger_off().await;
    browser.first(&at(60)).await;
    browser.see("Moved to").await;
    assert_eq!(browser.count("dialog[open]").await, 0, "letting go opens nothing");
    browser.press("Undo").await;
    browser.first(&at(0)).await;

    // A tap still opens it.
    browser.bring(&here).await;
    browser.tap(&here).await;
    browser.first("dialog[open] dl").await;
    rules::judge(browser).await;
    browser.press_first("dialog [data-close]").await;
    until("the dialog is closed", async || browser.count("dialog[open]").await == 0).await;
    let visits = format!("SELECT version FROM appointment WHERE id = '{}'", goulven.id.uuid());
    assert_eq!(stage.world.count(&visits).await, goulven.version + 2, "moved, and moved back, and no more");
}

#[tokio::test]
async fn a_visit_is_moved_by_finger_on_a_tablet() {
    play(async |stage, browser| moves_a_visit(stage, browser, TABLET).await).await;
}

#[tokio::test]
async fn a_visit_is_moved_by_finger_on_a_phone() {
    play(async |stage, browser| moves_a_visit(stage, browser, PHONE).await).await;
}

#[tokio::test]
async fn a_long_press_on_empty_time_asks_for_a_visit_of_that_length() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        agenda::sign_in(browser).await;
        browser.set_touch(true).await;
        browser.look_at(TABLET).await;
        browser.go(&day.address(stage)).await;
        browser.first("[data-live]").await;
        browser.finger_on(&cell(day.at(45))).await;
        browser.first(".ghost").await;
        browser.finger_from_to(&cell(day.at(45)), &cell(day.at(90))).await;
        browser.finger_off().await;
        browser.first("dialog[open] #find").await;
        assert_eq!(browser.run("return document.querySelector('#time').value").await, "09:45");
        rules::judge(browser).await;
    })
    .await;
}
