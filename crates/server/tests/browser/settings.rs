//! The practice's settings: hours, visit types, patients, staff, trail; with scripts and without.

use crate::browser::{Browser, Scripts};
use crate::stage::{PASSWORD, Stage, play, play_with};

async fn at_the_reception(browser: &Browser) {
    browser.go("/sign-in").await;
    browser.press("The reception of the practice").await;
    browser.first(".practice-nav").await;
}

/// Presses the button that is sent with this value.
async fn choose(browser: &Browser, value: &str) {
    browser.press_first(&format!("button[value='{value}']:not([hidden])")).await;
}

async fn rows(browser: &Browser) -> usize {
    browser.count("[data-list='rule'] > fieldset").await
}

/// Replaces the week by one that begins later, looks, and saves.
async fn edits_the_hours(stage: &Stage, browser: &Browser) {
    at_the_reception(browser).await;
    browser.go(&format!("/practice/hours?practitioner={}", stage.doctor.id)).await;
    let before = rows(browser).await;
    choose(browser, "add-rule").await;
    let added = format!("#rule-{before}-starts");
    browser.first(&added).await;
    assert_eq!(rows(browser).await, before + 1);
    choose(browser, &format!("remove-rule-{before}")).await;
    browser.find(&format!("//main[not(.//*[@id='rule-{before}-starts'])]")).await;

    browser.write("rule-0-ends", "09:00AM").await;
    browser.write("rule-0-starts", "08:00AM").await;
    browser.picture("hours").await;
    choose(browser, "preview").await;
    browser.see("What would change").await;
    browser.picture("hours-preview").await;
    choose(browser, "save").await;
    browser.see("The opening hours are saved.").await;
    let stored = browser.first("#rule-0-ends").await.attr("value").await.expect("an answer");
    assert_eq!(stored.as_deref(), Some("09:00"));
}

#[tokio::test]
async fn the_reception_edits_the_hours() {
    play(async |stage, browser| edits_the_hours(stage, browser).await).await;
}

#[tokio::test]
async fn the_reception_edits_the_hours_without_scripts() {
    play_with(Scripts::Off, async |stage, browser| edits_the_hours(stage, browser).await).await;
}

#[tokio::test]
async fn a_visit_type_is_changed_after_a_look() {
    play(async |stage, browser| {
        at_the_reception(browser).await;
        browser.go(&format!("/practice/visit-types?practitioner={}", stage.doctor.id)).await;
        browser.picture("visit-types").await;
        browser.press_first(".results h2 a").await;
        browser.write("duration", "50").await;
        choose(browser, "preview").await;
        browser.see("What would change").await;
        browser.picture("visit-type").await;
        browser.write("duration", "55").await;
        choose(browser, "save").await;
        browser.see("You changed something since the preview.").await;
        choose(browser, "save").await;
        browser.see("Saved.").await;
        browser.see("55 minutes").await;
        let first = browser.text_of(".results h2").await;
        browser.press("Later").await;
        browser.see("Saved.").await;
        assert_ne!(browser.text_of(".results h2").await, first);
    })
    .await;
}

#[tokio::test]
async fn a_patient_is_found_and_asked_to_call() {
    play(async |stage, browser| {
        let nolwenn = stage.at_the_desk("Nolwenn").await;
        stage.squeeze_in(nolwenn, 25).await;
        at_the_reception(browser).await;
        browser.press("Patients").await;
        browser.write("name", "tang nolw").await;
        browser.press("Search").await;
        browser.see("Tanguy Nolwenn").await;
        assert_eq!(browser.path().await, "/practice/patients", "nothing personal stands in the address");
        browser.picture("patients").await;
        browser.press("Tanguy Nolwenn").await;
        browser.see("May book online.").await;
        browser.press_first("details.filters summary").await;
        browser.write("reason", "Missed three visits").await;
        browser.press("Block from online booking").await;
        browser.see("From now on they are asked to call.").await;
        browser.see("Missed three visits").await;
        browser.picture("patient").await;
        browser.press("Trail").await;
        browser.see("asked the patient to call instead of booking online").await;
        browser.picture("trail").await;
    })
    .await;
}

async fn invited_joins_and_is_removed(_: &Stage, browser: &Browser) {
    at_the_reception(browser).await;
    browser.press("Staff").await;
    browser.write("email", "neuf@cabinet.example").await;
    browser.press("Send the invitation").await;
    browser.see("The invitation is on its way.").await;
    browser.picture("staff").await;
    browser.press("Sign out").await;
    browser.see("Often looked for").await;
    browser.go("/dev/mail").await;
    browser.press("invites you").await;
    let text = browser.text_of(".mail").await;
    let link = text.split_whitespace().find(|word| word.contains("/invitations/")).expect("a link");
    let path = &link[link.find("/invitations/").expect("a path")..];
    browser.go(path).await;
    browser.picture("invitation").await;
    browser.write("password", PASSWORD).await;
    browser.press("Create my account").await;
    browser.first("form[role=search]").await;
    assert_eq!(browser.count(".practice-nav a").await, 2, "the desk sees the day and the patients");
    browser.press("Sign out").await;
    browser.see("Often looked for").await;

    at_the_reception(browser).await;
    browser.press("Staff").await;
    let row = "//li[contains(., 'neuf@cabinet.example')]";
    browser.find(&format!("{row}//summary")).await.click().await.expect("it opens");
    browser
        .find(&format!("{row}//button[contains(., 'Remove for good')]"))
        .await
        .click()
        .await
        .expect("sent");
    browser.see("Removed, and signed out everywhere.").await;
}

#[tokio::test]
async fn somebody_is_invited_joins_and_is_removed() {
    play(invited_joins_and_is_removed).await;
}

#[tokio::test]
async fn joining_and_being_removed_needs_no_script() {
    play_with(Scripts::Off, invited_joins_and_is_removed).await;
}
