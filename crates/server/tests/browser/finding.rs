//! Somebody narrows a search, and finds nothing but what comes close.

use crate::browser::{Browser, DESK, PHONE, Scripts};
use crate::rules;
use crate::stage::{play, play_with};

/// Chooses a value in a field of the filters.
async fn choose(browser: &Browser, id: &str, value: &str) {
    browser.first(&format!("#{id}")).await.select_by_value(value).await.expect("it can be chosen");
}

async fn narrow(browser: &Browser) {
    browser.go("/search?place=Rennes").await;
    assert!(browser.count(".result").await > 0);
    assert!(browser.count(".pills a").await > 1, "the specialties of the matches are proposed");
    browser.press_first(".filters summary").await;
    browser.picture("filters").await;
    choose(browser, "hours", "morning").await;
    choose(browser, "distance", "50").await;
    browser.press_first("#new").await;
    browser.press_first("#day-mon").await;
    browser.press_first("#day-thu").await;
    browser.press("Apply").await;
    browser.see("Filters (4 set)").await;
    assert_eq!(browser.count("#day-mon:checked, #day-thu:checked, #new:checked").await, 3);
    assert!(browser.count(".result .slot").await > 0);
    browser.picture("filtered").await;
    browser.press("Without filters").await;
    browser.find("//summary[normalize-space(.)='Filters']").await;
}

#[tokio::test]
async fn filters_are_plain_fields_of_the_form() {
    play(async |_, browser| narrow(browser).await).await;
}

#[tokio::test]
async fn filters_need_no_script() {
    play_with(Scripts::Off, async |_, browser| narrow(browser).await).await;
}

#[tokio::test]
async fn nothing_free_leads_to_what_comes_close() {
    play(async |_, browser| {
        browser.go("/search?q=dermatologue&place=Ouessant&distance=5").await;
        browser.see("No free time fits this search. This comes close:").await;
        browser.see("Farther away").await;
        assert!(browser.count(".result .slot").await > 0);
        browser.picture("close-by").await;
        browser.go("/search?q=dermatologue&place=Ouessant&distance=5&lang=fr").await;
        browser.see("Plus loin").await;
        browser.look_at(PHONE).await;
        rules::judge(browser).await;
        browser.look_at(DESK).await;
        browser.press_first(".result .slot").await;
        browser.see("Vous avez choisi").await;
    })
    .await;
}
