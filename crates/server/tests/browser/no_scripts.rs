//! Every page before any script has run: each is opened, and does what it is for. What other files tell without scripts
//! (booking, for oneself and for others, filters, waiting, hours, moving and cancelling at the desk, operations) is not
//! told again.

use crate::agenda::{self, Day, cell, unfold, visit};
use crate::browser::{Browser, Scripts};
use crate::stage::{PASSWORD, Stage, play_with};

const ANOTHER_PASSWORD: &str = "une autre phrase assez longue";

async fn sign_in(browser: &Browser, password: &str) {
    browser.write("email", "nolwenn@example.org").await;
    browser.write("password", password).await;
    browser.press_first("main form button[type=submit]").await;
}

/// Goes by the link that a CSS selector finds, and waits for the page behind it.
async fn follow(browser: &Browser, selector: &str, then: &str) {
    browser.press_first(selector).await;
    browser.first(then).await;
}

async fn play_off(story: impl AsyncFnOnce(&Stage, &Browser)) {
    play_with(Scripts::Off, story).await;
}

#[tokio::test]
async fn a_patient_looks_around_moves_and_cancels() {
    play_off(async |stage, browser| {
        stage.somebody("nolwenn@example.org").await;
        browser.go("/").await;
        browser.press("Français").await;
        browser.see("Trouvez").await;
        browser.press("English").await;
        browser.press("Sign in").await;
        sign_in(browser, PASSWORD).await;
        browser.see("No visit is planned").await;

        // The practitioner's weeks, and their visit types.
        browser.go(&stage.doctor_page()).await;
        let this_week = browser.text_of(".pager .legend").await;
        follow(browser, ".pager [rel=next]", ".pager [rel=prev]").await;
        let next_week = browser.text_of(".pager .legend").await;
        assert_ne!(this_week, next_week);
        browser.press_first(".pager [rel=prev]").await;
        browser.see(&this_week).await;
        let another = browser.text_of(".pills li:nth-child(2) a").await;
        follow(browser, ".pills li:nth-child(2) a", ".pills li:nth-child(2) a[aria-current]").await;
        browser.press_first(".week button.slot").await;
        browser.see("This time is kept for you until").await;
        browser.see(another.split(" (").next().expect("a name")).await;
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;

        browser.press("My visits").await;
        browser.see("Coming up").await;
        browser.press("Move").await;
        browser.see("Next free times").await;
        browser.press_first("main button.slot").await;
        browser.see("Your visit has been moved").await;
        browser.press("Undo: back to").await;
        browser.see("Your visit has been moved").await;
        browser.press("Cancel").await;
        browser.see("Cancel this visit?").await;
        browser.press("Cancel the visit").await;
        browser.see("The visit is cancelled and the time is free again").await;

        browser.go("/dev/mail").await;
        browser.press_first(".results h2 a").await;
        browser.first(".mail").await;
        browser.press("Sign out").await;
        browser.see("Often looked for").await;
    })
    .await;
}

#[tokio::test]
async fn a_patient_sees_to_her_account() {
    play_off(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        browser.go("/sign-in").await;
        sign_in(browser, PASSWORD).await;
        browser.see("No visit is planned").await;
        browser.press("Subscribe").await;
        browser.press("Make the address").await;
        browser.see("It is shown this once").await;
        let address = browser.first("#feed").await.attr("value").await.expect("an answer").expect("one");
        let path = address.split_once("/v1/").expect("an address of ours").1.to_owned();
        assert!(stage.read(&format!("/v1/{path}")).await.starts_with("BEGIN:VCALENDAR"));
        browser.press("Switch it off").await;
        browser.see("It is switched off").await;

        browser.press("Account").await;
        browser.write("phone", "06 39 98 00 01").await;
        browser.press("Keep the changes").await;
        browser.see("The changes are kept").await;
        browser.write("email", "nolwenn.tanguy@example.org").await;
        browser.write("email_password", PASSWORD).await;
        browser.press("Change the address").await;
        browser.see("The address is changed").await;
        browser.write("password", PASSWORD).await;
        browser.write("new_password", ANOTHER_PASSWORD).await;
        browser.press("Change the password").await;
        browser.see("The password is changed").await;

        let export = browser.download("/account/export").await;
        assert!(export.contains("nolwenn.tanguy@example.org"), "{export}");
        browser.press("Delete my account").await;
        browser.see("What has to stay").await;
        browser.write("password", ANOTHER_PASSWORD).await;
        browser.press("Delete my account now").await;
        browser.see("Your account is deleted").await;
        let left = format!("SELECT count(*) FROM account WHERE patient_id = '{}'", nolwenn.uuid());
        assert_eq!(stage.world.count(&left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_reception_browses_its_agenda() {
    play_off(async |stage, browser| {
        let day = Day::open(stage).await;
        let goulven = day.book(stage, "Goulven", 15).await;
        agenda::sign_in(browser).await;
        let everybody = browser.count(".agenda-column").await;
        browser.press("Loïc Leroy").await;
        browser.first(".agenda-who a:not([aria-current])").await;
        assert_eq!(browser.count(".agenda-column").await, everybody - 1, "who is pressed leaves");
        browser.press("Loïc Leroy").await;
        browser.find("//main[not(.//*[contains(@class, 'agenda-who')]//a[not(@aria-current) and not(@class = 'room')])]").await;

        browser.go(&day.address(stage)).await;
        browser.first(&visit(&goulven)).await;
        let today = browser.text_of("h1").await;
        follow(browser, ".agenda-top [rel=next]", ".agenda-grid").await;
        assert_ne!(browser.text_of("h1").await, today);
        assert_eq!(browser.count(".slip").await, 0);
        follow(browser, ".agenda-top [rel=prev]", &visit(&goulven)).await;
        browser.press("Week").await;
        browser.find("//h1[contains(., ' to ')]").await;
        assert_eq!(browser.count(".agenda-column").await, 7);
        browser.first(&visit(&goulven)).await;
        browser.press("Month").await;
        follow(browser, ".agenda-month td a:has(b)", &visit(&goulven)).await;
        browser.press("Show the whole day").await;
        browser.see("Show working hours only").await;
        assert!(browser.count(".agenda-axis .at").await >= 23);
        browser.press("As a list").await;
        browser.see("Goulven Tanguy").await;
        browser.press("Day after").await;
        browser.see("Nothing is booked on this day").await;
        browser.press("Back to the agenda").await;
        browser.first(".agenda-grid").await;
    })
    .await;
}

#[tokio::test]
async fn the_reception_blocks_overbooks_and_notes_what_became_of_visits() {
    play_off(async |stage, browser| {
        let day = Day::open(stage).await;
        stage.at_the_desk("Enora").await;
        agenda::sign_in(browser).await;
        browser.go(&day.address(stage)).await;
        browser.press_first(&cell(day.at(120))).await;
        browser.see("New visit").await;
        unfold(browser, "Why is this time").await;
        browser.see("It lies inside opening hours").await;
        unfold(browser, "Block this time").await;
        browser.write("until", "12:00PM").await;
        browser.write("block-reason", "Staff meeting").await;
        browser.press_first("form[action='/practice/block'] button").await;
        browser.see("The time is blocked").await;
        assert!(browser.text_of(".shut").await.contains("Staff meeting"));

        // What is blocked is not free: a reason is asked for, and given.
        browser.press_first(&cell(day.at(120))).await;
        browser.see("This time is not free").await;
        browser.write("overbook-reason", "It cannot wait").await;
        browser.write("find", "enora tan").await;
        browser.press_first("button[value=search]").await;
        browser.press_first("[data-found] button").await;
        browser.see("Booked: 11:00, Enora Tanguy").await;
        browser.first(".slip.overbooked").await;
        browser.press_first(&cell(day.at(135))).await;
        browser.press("End this absence").await;
        browser.see("The time is free again").await;
        assert_eq!(browser.count(".shut").await, 0);

        // Who is here today.
        let goulven = stage.at_the_desk("Goulven").await;
        let visit = stage.squeeze_in(goulven, 25).await;
        browser.go(&format!("/practice/visits/{}", visit.id)).await;
        browser.press("Arrived").await;
        browser.first(".agenda-grid").await;
        browser.go(&format!("/practice/visits/{}", visit.id)).await;
        browser.find("//main//*[contains(@class, 'tag') and contains(., 'Arrived')]").await;
        browser.press("Took place").await;
        browser.first(".agenda-grid").await;
        let over = format!(
            "SELECT count(*) FROM appointment WHERE id = '{}' AND status = 'fulfilled'",
            visit.id.uuid()
        );
        assert_eq!(stage.world.count(&over).await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_reception_finds_a_patient_and_follows_the_trail() {
    play_off(async |stage, browser| {
        let nolwenn = stage.at_the_desk("Nolwenn").await;
        let visit = stage.squeeze_in(nolwenn, 25).await;
        agenda::sign_in(browser).await;
        browser.press("Patients").await;
        browser.write("name", "tang nolw").await;
        browser.press_first("form[role=search] button").await;
        browser.press("Tanguy Nolwenn").await;
        browser.see("May book online.").await;
        browser.see("Visits here").await;
        assert_eq!(browser.count(&format!("a[href='/appointments/{}']", visit.id)).await, 1, "her history");
        browser.press_first("details.filters summary").await;
        browser.write("reason", "Missed three visits").await;
        browser.press("Block from online booking").await;
        browser.see("From now on they are asked to call.").await;
        browser.press("Let them book online again").await;
        browser.see("They may book online again.").await;

        browser.press("Trail").await;
        browser.see("let the patient book online again").await;
        browser.see("squeezed the visit in").await;
        browser.first("#who").await.select_by_value("admin").await.expect("the operator can be chosen");
        browser.press("Show").await;
        browser.find("//main[not(.//*[contains(., 'squeezed the visit in')])]").await;
        browser.first("#who").await.select_by_value("").await.expect("everybody can be chosen");
        browser.press("Show").await;
        browser.see("squeezed the visit in").await;
    })
    .await;
}

#[tokio::test]
async fn the_manager_invites_and_changes_visit_types() {
    play_off(async |stage, browser| {
        agenda::sign_in(browser).await;
        browser.press("Staff").await;
        browser.write("email", "neuf@cabinet.example").await;
        browser.press("Send the invitation").await;
        browser.see("The invitation is on its way.").await;
        browser.press("Take back").await;
        browser.see("The invitation is taken back").await;

        browser.go(&format!("/practice/visit-types?practitioner={}", stage.doctor.id)).await;
        let first = browser.text_of(".results h2").await;
        browser.press("Later").await;
        browser.see("Saved.").await;
        assert_ne!(browser.text_of(".results h2").await, first, "the order is changed");
        browser.press_first(".results h2 a").await;
        browser.write("duration", "50").await;
        browser.press_first("button[value=preview]:not([hidden])").await;
        browser.see("What would change").await;
        browser.press_first("button[value=save]").await;
        browser.see("Saved.").await;
        browser.see("50 minutes").await;
        browser.press("New visit type").await;
        browser.write("name", "Bilan").await;
        browser.press_first("button[value=preview]:not([hidden])").await;
        browser.press_first("button[value=save]").await;
        browser.see("Bilan").await;
        browser.press("Sign out").await;
        browser.see("Often looked for").await;
    })
    .await;
}

#[tokio::test]
async fn the_operator_pauses_and_goes_on() {
    play_off(async |_, browser| {
        browser.go("/sign-in").await;
        browser.press("Who runs this installation").await;
        browser.see("Whose day?").await;
        browser.press("Operations").await;
        let job = "//li[contains(., 'mail.confirmation')]";
        browser.find(&format!("{job}//a[contains(., 'Pause')]")).await.click().await.expect("pressed");
        browser.see("Pause mail.confirmation?").await;
        browser.press_first("main button").await;
        browser.see("Paused.").await;
        browser.find(&format!("{job}//a[contains(., 'Go on')]")).await.click().await.expect("pressed");
        browser.press_first("main button").await;
        browser.see("They go on.").await;
    })
    .await;
}
