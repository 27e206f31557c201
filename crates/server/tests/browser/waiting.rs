//! Somebody waits: from the form to a time that is kept for them.

use rendez_domain::booking;
use rendez_domain::directory::{NewPractitioner, NewVisitType, Practitioner};
use rendez_testkit::world::new_practitioner;
use rendez_vocab::Actor;

use crate::browser::{Browser, PHONE, SMALL_PHONE, Scripts, until};
use crate::rules;
use crate::stage::{PASSWORD, Stage, play, play_with};

/// A practitioner whose only time somebody else has booked. Returns them and what the somebody has.
async fn full(stage: &Stage) -> (Practitioner, booking::Appointment) {
    let visit_types = vec![NewVisitType { name: "Consultation".into(), ..NewVisitType::default() }];
    let person = stage.world.enter(NewPractitioner { visit_types, ..new_practitioner() }).await;
    let day = stage.world.open_day(&person, 3, 15).await;
    let somebody = stage.world.patient().await;
    let booked = stage.world.book(somebody, stage.world.slot(&person, day.start())).await;
    (person, booked)
}

async fn sign_in(browser: &Browser) {
    browser.write("email", "nolwenn@example.org").await;
    browser.write("password", PASSWORD).await;
    browser.press_first("main form button[type=submit]").await;
}

async fn wait_and_take(stage: &Stage, browser: &Browser) {
    stage.somebody("nolwenn@example.org").await;
    let (person, booked) = full(stage).await;
    browser.go(&format!("/practitioners/{}", person.id)).await;
    browser.see("No free time in this week").await;
    browser.press("Join the waiting list").await;
    // Through the sign-in and back, with what was chosen.
    browser.find("//h1[.='Sign in']").await;
    sign_in(browser).await;
    browser.see("Hélène Le Goff").await;
    browser.see("You are not waiting for anything").await;
    browser.picture("waiting-form").await;

    // A form with something wrong keeps what was typed.
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        browser.press_first(&format!("#wish-{day}")).await;
    }
    browser.press("Join the list").await;
    browser.find("//*[@role='alert']//a[.='Choose at least one day.']").await;
    rules::forgive(browser, 422).await;
    rules::judge(browser).await;
    browser.picture("waiting-wrong").await;
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        browser.press_first(&format!("#wish-{day}")).await;
    }
    browser.press("Join the list").await;
    browser.see("You are on the list").await;
    browser.see("You are next in line").await;
    browser.picture("waiting-list").await;

    // Somebody cancels.
    let ctx = stage.world.ctx(Actor::Patient(booked.patient));
    booking::cancel(&ctx, booked.id, None, None).await.expect("in time");
    until("a time is kept", async || {
        browser.open_page("/waiting").await;
        browser.count(".wish.offered").await == 1
    })
    .await;
    rules::judge(browser).await;
    browser.picture("waiting-offered").await;
    // Whoever has not said a language is written to in the region's.
    until("a mail tells of it", async || {
        stage.read("/dev/mail").await.contains("Un horaire se libère pour vous")
    })
    .await;
    browser.go("/visits").await;
    browser.see("Not confirmed yet").await;
    browser.go("/waiting").await;
    browser.press("Take it").await;
    browser.see("This time is kept for you until").await;
    browser.press("Confirm the visit").await;
    browser.see("Your visit is booked").await;
    browser.go("/waiting").await;
    browser.see("You are not waiting for anything").await;
    assert_eq!(browser.count(".visit.over").await, 1, "what became of it is still there");
}

#[tokio::test]
async fn who_waits_gets_the_time_that_frees() {
    play(wait_and_take).await;
}

#[tokio::test]
async fn waiting_needs_no_script() {
    play_with(Scripts::Off, wait_and_take).await;
}

#[tokio::test]
async fn who_says_no_may_wait_again_and_a_search_becomes_a_wish() {
    play(async |stage, browser| {
        stage.somebody("nolwenn@example.org").await;
        let (person, booked) = full(stage).await;
        browser.go(&format!("/waiting?practitioner={}", person.id)).await;
        sign_in(browser).await;
        browser.see("Hélène Le Goff").await;
        browser.press("Join the list").await;
        browser.see("You are next in line").await;
        browser.press_first(".card.wish form button").await;
        browser.see("You are no longer waiting for this").await;
        browser.go(&format!("/waiting?practitioner={}", person.id)).await;
        browser.press("Join the list").await;
        browser.see("You are next in line").await;
        let ctx = stage.world.ctx(Actor::Patient(booked.patient));
        booking::cancel(&ctx, booked.id, None, None).await.expect("in time");
        until("a time is kept", async || {
            browser.open_page("/waiting").await;
            browser.count(".wish.offered").await == 1
        })
        .await;
        browser.press("No, thanks").await;
        browser.see("The time goes to the next person").await;
        browser.picture("waiting-declined").await;
        browser.press("Wait again").await;
        browser.see("at the end of the line").await;
        browser.see("You are next in line").await;

        browser.go("/search?q=dermatologue&place=Ouessant&distance=5&days=sat&hours=evening").await;
        browser.press("Join the waiting list for this search").await;
        browser.first("#wish-sat:checked").await;
        assert_eq!(browser.count("fieldset input:checked").await, 1);
        rules::judge(browser).await;
        browser.picture("waiting-area").await;
        browser.press("Join the list").await;
        browser.see("Within 5 km of Ouessant").await;
        for screen in [PHONE, SMALL_PHONE] {
            browser.look_at(screen).await;
            for path in ["/waiting", "/waiting?lang=fr", "/waiting?specialty=dermatology&lang=fr"] {
                browser.go(path).await;
            }
        }
    })
    .await;
}
