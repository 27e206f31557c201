//! The practice's day.

use crate::browser::{Browser, Scripts};
use crate::stage::{Stage, play, play_with};

async fn runs_the_day(stage: &Stage, browser: &Browser) {
    let nolwenn = stage.at_the_desk("Nolwenn").await;
    let goulven = stage.at_the_desk("Goulven").await;
    let visit = stage.squeeze_in(nolwenn, 25).await;
    stage.squeeze_in(goulven, 25).await;
    let zone = jiff::tz::TimeZone::get(&visit.time_zone).expect("a zone");
    let date = zone.to_datetime(visit.range.start()).date();

    browser.go("/sign-in").await;
    browser.see("Try it as somebody").await;
    browser.press("The reception of the practice").await;
    browser.first(".agenda-grid").await;
    browser.press("As a list").await;
    browser.first(".day-list").await;
    assert_eq!(browser.path().await, "/practice/day");
    assert_eq!(browser.count(".pills a").await, 5, "everybody of the practice has a tab");

    browser.go(&format!("/practice/day?practitioner={}&date={date}", stage.doctor.id)).await;
    browser.see("Overbooked").await;
    browser.see("Nolwenn Tanguy").await;
    browser.see("Fever since yesterday").await;
    browser.see("Overbooked because: it cannot wait").await;
    browser.picture("day").await;
    let entry = |button: &str| format!("//li[contains(@class, 'overbooked')]//button[@value='{button}']");
    browser.find(&entry("arrived")).await.click().await.expect("it is pressed");
    browser.see("Noted.").await;
    browser.find("//li[contains(@class, 'overbooked')]//*[contains(@class, 'tag') and .='Arrived']").await;
    browser.find(&entry("no-show")).await.click().await.expect("it is pressed");
    browser.find("//li[contains(@class, 'overbooked')]//*[contains(@class, 'tag') and .='Missed']").await;
    browser.see("Noted.").await;
    browser.picture("day-noted").await;

    browser.press("Day after").await;
    browser.first(".pager").await;
    browser.go("/practice/day").await;
    browser.press_first(".pills a:not([aria-current])").await;
    browser.see("Day before").await;
    assert_eq!(browser.count(".pills a[aria-current]").await, 1);
}

#[tokio::test]
async fn the_reception_runs_the_day() {
    play(runs_the_day).await;
}

#[tokio::test]
async fn running_the_day_needs_no_script() {
    play_with(Scripts::Off, runs_the_day).await;
}

#[tokio::test]
async fn a_doctor_and_an_admin_land_where_they_work() {
    play(async |stage, browser| {
        for (who, where_to) in [("A doctor", "Agenda"), ("Who runs this installation", "Whose day?")] {
            browser.go("/sign-in").await;
            browser.press(who).await;
            browser.find(&format!("//*[contains(normalize-space(.), '{where_to}')]")).await;
            if who == "A doctor" {
                browser.see(&stage.doctor_name()).await;
            }
            assert_eq!(browser.path().await, "/practice/agenda");
            browser.press("Sign out").await;
            browser.see("Often looked for").await;
        }
    })
    .await;
}
