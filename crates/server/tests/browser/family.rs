//! A patient's own account, on a phone: for whom a visit is, what becomes of a hold that is left, and what is lost when
//! the connection is.

use jiff::SignedDuration;
use rendez_domain::booking::{self, Appointment, AppointmentFilter, LEFT_MINUTES, Status};
use rendez_vocab::Actor;
use rendez_vocab::ids::PatientId;

use crate::browser::{Browser, PHONE, Scripts, until};
use crate::rules;
use crate::stage::{OF_A_LATER_DAY, PASSWORD, Stage, play, play_with};

async fn sign_in(browser: &Browser) {
    browser.go("/sign-in").await;
    browser.write("email", "nolwenn@example.org").await;
    browser.write("password", PASSWORD).await;
    browser.press_first("main form button[type=submit]").await;
    browser.see("Coming up").await;
}

/// Presses a free time of the doctor's page.
async fn choose_a_time(stage: &Stage, browser: &Browser) {
    browser.go(&stage.doctor_page()).await;
    browser.press_first(OF_A_LATER_DAY).await;
    browser.see("This time is kept for you until").await;
}

/// Writes who Lila is into the form that is open.
async fn write_lila(browser: &Browser) {
    browser.write("given_name", "Lila").await;
    browser.write("family_name", "Tanguy").await;
    browser.first("#birth_date").await.send_keys("05042020").await.expect("a date");
    browser.first("#relation").await.select_by_value("child").await.expect("a relation");
    browser.press_first("#declared").await;
}

async fn visits(stage: &Stage, patient: PatientId) -> Vec<Appointment> {
    let own = AppointmentFilter { limit: 50, ..AppointmentFilter::default() };
    let ctx = stage.world.ctx(Actor::Patient(patient));
    booking::list(&ctx, &own).await.expect("a list").appointments
}

#[tokio::test]
async fn nolwenn_books_for_her_daughter() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        browser.see("Who is it for?").await;
        browser.write("reason", "A cough since Monday").await;
        browser.picture("three-steps").await;
        browser.look_at(PHONE).await;
        browser.press_first("#for-new").await;
        browser.press("Confirm the visit").await;
        browser.find("//*[@id='given_name-note']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.picture("whom-wrong").await;
        browser.look_at(PHONE).await;
        write_lila(browser).await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
        browser.see("Lila Tanguy").await;
        browser.see("A cough since Monday").await;
        browser.picture("booked-for-lila").await;

        browser.press("My visits").await;
        browser.see("For Lila Tanguy").await;
        browser.picture("visits-of-a-family").await;
        browser.press("People I care for").await;
        browser.see("You book for this person until").await;
        rules::judge(browser).await;
        browser.picture("people").await;
        browser.press_first(".results .button").await;
        browser.write("given_name", "Lilas").await;
        browser.picture("person").await;
        browser.press("Keep the changes").await;
        browser.see("Lilas Tanguy").await;

        // The next time she is in the list.
        choose_a_time(stage, browser).await;
        browser.press_first(".choice:nth-of-type(2) input").await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
        let booked = visits(stage, nolwenn).await;
        assert!(booked.len() == 2 && booked.iter().all(|visit| visit.patient != nolwenn), "{booked:?}");

        // While visits are to come, the care is not given up.
        browser.go("/people").await;
        browser.press_first(".results .button").await;
        browser.press("I no longer book for this person").await;
        browser.find("//*[@role='alert'][contains(., 'Cancel them first')]").await;
        rules::forgive(browser, 409).await;
    })
    .await;
}

#[tokio::test]
async fn booking_for_somebody_needs_no_script() {
    play_with(Scripts::Off, async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        browser.press_first("#for-new").await;
        write_lila(browser).await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
        browser.see("Lila Tanguy").await;
        assert_eq!(visits(stage, nolwenn).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_closed_tab_gives_the_time_back_soon_and_coming_back_keeps_it() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        let page = browser.path().await;
        browser.see("2 more minutes").await;
        browser.go("/visits").await;
        let left = async || {
            let held = visits(stage, nolwenn).await.remove(0);
            let now = stage.world.services.clock.now();
            held.hold_expires_at.expect("a hold").duration_since(now)
        };
        let soon = SignedDuration::from_mins(i64::from(LEFT_MINUTES));
        until("another page brings the end near", async || left().await <= soon).await;

        browser.open_page(&page).await;
        browser.see("This time is kept for you until").await;
        let shown = browser.text_of(".countdown").await;
        assert!(shown.starts_with("29:") || shown.starts_with("30:"), "the first deadline again: {shown}");
        // The page was loaded anew: the word that it was left may come after the one that it was opened.
        browser.open_page(&page).await;
        until("being there keeps the time", async || left().await > SignedDuration::from_mins(20)).await;

        // A tab of its own, while no other shows the page.
        browser.go("/visits").await;
        browser.open_tab(&page).await;
        browser.see("This time is kept for you until").await;
        until("a tab keeps it, too", async || left().await > SignedDuration::from_mins(20)).await;
        browser.close_tab().await;
        until("a closed tab brings the end near", async || left().await <= soon).await;
        browser.open_page(&page).await;
        browser.see("This time is kept for you until").await;
        until("and it is not lost yet", async || left().await > SignedDuration::from_mins(20)).await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_loses_nothing_and_books_nothing_twice() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        browser.write("reason", "A cough since Monday").await;
        browser.set_offline(true).await;
        browser.press("Confirm the visit").await;
        browser.find("//*[@role='alert'][contains(., 'No connection')]").await;
        browser.picture("offline").await;
        browser.set_offline(false).await;
        drop(browser.complaints().await);
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
        browser.see("A cough since Monday").await;
        assert_eq!(visits(stage, nolwenn).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_moved_in_two_taps_and_back_again() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
        browser.see("Show the way").await;
        let before = visits(stage, nolwenn).await.remove(0);
        browser.press("My visits").await;
        browser.press_first(".visit a[href$='/move']").await;
        browser.see("Next free times").await;
        browser.picture("two-taps").await;
        browser.look_at(PHONE).await;
        browser.press_first("main button.slot").await;
        browser.see("Your visit has been moved").await;
        browser.picture("moved-with-undo").await;
        browser.look_at(PHONE).await;
        assert_ne!(visits(stage, nolwenn).await[0].range, before.range);
        browser.press("Undo: back to").await;
        browser.see("Your visit has been moved").await;
        assert_eq!(visits(stage, nolwenn).await[0].range, before.range);
        browser.press_first("a[href$='/cancel']").await;
        browser.see("You can cancel here until the visit begins").await;
        browser.picture("cancel-rule").await;
    })
    .await;
}

#[tokio::test]
async fn nolwenn_sees_to_her_account_and_leaves() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        sign_in(browser).await;
        choose_a_time(stage, browser).await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;

        browser.go("/calendar").await;
        browser.press("Make the address").await;
        browser.see("It is shown this once").await;
        browser.picture("calendar").await;
        browser.look_at(PHONE).await;
        let address =
            browser.first("#feed").await.prop("value").await.expect("an answer").expect("an address");
        let path = address.split_once("/v1/").expect("an address of ours").1.to_owned();
        assert!(stage.read(&format!("/v1/{path}")).await.contains("STATUS:CONFIRMED"));

        browser.press("Account").await;
        browser.see("Where I am signed in").await;
        browser.picture("account").await;
        browser.look_at(PHONE).await;
        browser.write("phone", "12").await;
        browser.press("Keep the changes").await;
        browser.find("//*[@id='phone-note']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.write("phone", "06 39 98 00 01").await;
        browser.press("Keep the changes").await;
        browser.see("The changes are kept").await;

        browser.press("Delete my account").await;
        browser.see("What has to stay").await;
        browser.picture("delete").await;
        browser.look_at(PHONE).await;
        browser.write("password", "not this one").await;
        browser.press("Delete my account now").await;
        browser.find("//*[@id='password-note']").await;
        rules::forgive(browser, 422).await;
        browser.write("password", PASSWORD).await;
        browser.press("Delete my account now").await;
        browser.see("Your account is deleted").await;
        browser.picture("deleted").await;
        let admin = stage.world.admin();
        let own = AppointmentFilter { patient: Some(nolwenn), limit: 5, ..AppointmentFilter::default() };
        let left = booking::list(&admin, &own).await.expect("a list").appointments;
        assert!(left.iter().all(|visit| visit.status == Status::Cancelled), "{left:?}");
    })
    .await;
}
