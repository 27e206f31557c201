//! What the search form proposes while somebody types, and filters that take effect at once.

use serde_json::json;

use crate::browser::{Browser, PHONE, until};
use crate::rules;
use crate::stage::play;

/// What a field with proposals says of itself: open or not, and which one is marked.
async fn marked(browser: &Browser, id: &str) -> String {
    let script = format!(
        "const field = document.getElementById('{id}');
         const marked = document.getElementById(field.getAttribute('aria-activedescendant'));
         return field.getAttribute('aria-expanded') + ' ' + (marked ? marked.textContent : '-')"
    );
    browser.run(&script).await.as_str().unwrap_or_default().to_owned()
}

async fn value(browser: &Browser, id: &str) -> String {
    let value = browser.run(&format!("return document.getElementById('{id}').value")).await;
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_specialty_and_a_town_are_chosen_with_the_keyboard_alone() {
    play(async |_, browser| {
        browser.go("/").await;
        browser.write("q", "dermato").await;
        until("proposals", async || marked(browser, "q").await == "true -").await;
        rules::judge(browser).await;
        browser.picture("proposals").await;
        browser.keys("\u{e015}").await;
        assert_eq!(marked(browser, "q").await, "true Dermatologist");
        browser.keys("\u{e007}").await;
        assert_eq!(
            (value(browser, "q").await, marked(browser, "q").await),
            ("Dermatologist".into(), "false -".into())
        );
        browser.write("place", "fouger").await;
        until("towns", async || marked(browser, "place").await == "true -").await;
        browser.keys("\u{e015}\u{e015}\u{e013}").await;
        assert!(marked(browser, "place").await.starts_with("true Fougères"));
        browser.keys("\u{e00c}").await;
        assert_eq!(marked(browser, "place").await, "false -", "Escape closes");
        assert_eq!(value(browser, "place").await, "fouger", "and takes nothing");
        browser.keys("\u{e007}").await;
        browser.see("near Fougères").await;
    })
    .await;
}

#[tokio::test]
async fn a_name_leads_to_its_page() {
    play(async |stage, browser| {
        browser.look_at(PHONE).await;
        browser.go("/").await;
        browser.write("q", &stage.doctor_name()).await;
        browser
            .find(&format!("//*[@role='option'][contains(., '{}')]", stage.doctor_name()))
            .await
            .click()
            .await
            .expect("it is pressed");
        browser.see("Opening hours").await;
        assert_eq!(browser.path().await, stage.doctor_page());
    })
    .await;
}

#[tokio::test]
async fn the_town_of_a_position_is_filled_in_and_nothing_more_is_sent() {
    play(async |stage, browser| {
        let here = json!({"latitude": 48.11731, "longitude": -1.67724, "accuracy": 10});
        browser.devtools("Emulation.setGeolocationOverride", here).await;
        let allowed = json!({"permissions": ["geolocation"], "origin": stage.url});
        browser.devtools("Browser.grantPermissions", allowed).await;
        browser.go("/").await;
        browser.press_first("[data-near]").await;
        until("the town", async || value(browser, "place").await == "Rennes (35000)").await;
        let asked = browser
            .run("return performance.getEntriesByType('resource').map((entry) => entry.name).join(' ')")
            .await;
        let asked = asked.as_str().expect("addresses");
        assert!(asked.contains("lat=48.12&lon=-1.68") && !asked.contains("48.117"), "{asked}");
    })
    .await;
}

#[tokio::test]
async fn whose_device_has_another_clock_is_told_that_times_are_the_places_own() {
    play(async |stage, browser| {
        for (zone, told) in [("Europe/Paris", 0), ("America/Montreal", 1)] {
            browser.devtools("Emulation.setTimezoneOverride", json!({"timezoneId": zone})).await;
            browser.go(&stage.doctor_page()).await;
            assert_eq!(browser.count("[data-zone]:not([hidden])").await, told, "{zone}");
            browser.go("/sign-in").await;
            assert_eq!(browser.count("[data-zone]:not([hidden])").await, 0, "no times, no note");
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_takes_effect_where_the_visitor_reads() {
    play(async |_, browser| {
        browser.go("/search?place=Rennes&distance=100").await;
        assert!(browser.count(".map svg a").await > 0, "the results are on the sketch");
        browser.picture("results").await;
        let third = "const card = document.querySelectorAll('.result')[2];";
        browser.press_first(".filters summary").await;
        browser.run(&format!("{third} card.scrollIntoView(); return 0")).await;
        let top = format!(
            "{third} return [card.dataset.who.split('?')[0], Math.round(card.getBoundingClientRect().top)]"
        );
        let before = browser.run(&top).await;
        browser.run("document.getElementById('telehealth').click(); return 0").await;
        browser.run("document.getElementById('telehealth').click(); return 0").await;
        until("the answer", async || browser.count("#answer:not([aria-busy])").await == 1).await;
        assert_eq!(browser.run(&top).await, before, "the list has not moved");
        browser.run("scrollTo(0, 0); document.getElementById('new').click(); return 0").await;
        until("the address", async || {
            browser
                .run("return location.search")
                .await
                .as_str()
                .is_some_and(|query| query.contains("new=true"))
        })
        .await;
        assert_eq!(browser.count(".filters[open]").await, 1, "the panel stays open");
        browser.see("Filters (2 set)").await;
    })
    .await;
}
