//! A patient's way: from the search to the visit, and what becomes of it.

use crate::browser::{Browser, Scripts, until};
use crate::rules;
use crate::stage::{OF_A_LATER_DAY, PASSWORD, Stage, play, play_with};
use fantoccini::key::Key;

/// Marie looks for a doctor by name, and finds their week.
async fn find_the_doctor(stage: &Stage, browser: &Browser) {
    browser.go("/").await;
    browser.picture("home").await;
    browser.write("q", &stage.doctor_name()).await;
    browser.write("place", "Rennes").await;
    // The key, since proposals that come late may lie over the button.
    browser.keys(&char::from(Key::Enter).to_string()).await;
    browser.see(&stage.doctor.family_name).await;
    browser.picture("search").await;
    browser.press_first(".result h2 a").await;
    browser.first(".week").await;
    rules::judge(browser).await;
    browser.picture("week").await;
}

/// Marie makes her account.
async fn sign_up(browser: &Browser) {
    for (id, text) in [
        ("given_name", "Marie"),
        ("family_name", "Kerouédan"),
        ("phone", "06 39 98 00 01"),
        ("email", "marie@example.org"),
        ("password", PASSWORD),
    ] {
        browser.write(id, text).await;
    }
    // A date field takes its keys in the order of the visitor's language, here day, month, year.
    browser.first("#birth_date").await.send_keys("04051986").await.expect("a date");
    browser.press_first("#consent-booking").await;
    browser.press_first("main form button[type=submit]").await;
}

#[tokio::test]
async fn marie_books_moves_and_cancels() {
    play(async |stage, browser| {
        find_the_doctor(stage, browser).await;
        browser.press_first(OF_A_LATER_DAY).await;
        browser.see("You chose").await;
        browser.picture("sign-in").await;

        browser.press("Create an account").await;
        browser.see("You chose").await;
        browser.picture("sign-up").await;
        browser.press_first("main form button[type=submit]").await;
        browser.find("//*[@role='alert']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.picture("sign-up-wrong").await;
        sign_up(browser).await;

        browser.see("This time is kept for you until").await;
        let left = browser.text_of(".countdown").await;
        assert!(left.starts_with("29:") || left.starts_with("30:"), "{left}");
        browser.write("reason", "My knee hurts when I climb stairs").await;
        browser.picture("confirm").await;
        browser.press("Confirm the visit").await;

        browser.see("Your visit is booked").await;
        browser.see("My knee hurts when I climb stairs").await;
        browser.picture("booked").await;

        browser.press("My visits").await;
        browser.see("Coming up").await;
        assert_eq!(browser.count(".visit").await, 1);
        browser.picture("visits").await;
        browser.press("Move").await;
        browser.see("You keep this time until another one is yours").await;
        browser.picture("move").await;
        browser.press_first(".week button.slot:not([disabled])").await;
        browser.see("Your visit has been moved").await;

        browser.press("Cancel").await;
        browser.see("Cancel this visit?").await;
        browser.write("reason", "The knee is well again").await;
        browser.picture("cancel").await;
        browser.press("Cancel the visit").await;
        browser.see("The visit is cancelled and the time is free again").await;
        browser.picture("cancelled").await;

        until("three mails: booked, moved, cancelled", async || {
            browser.open_page("/dev/mail").await;
            browser.count(".results .card").await == 3
        })
        .await;
        rules::judge(browser).await;
        browser.picture("mails").await;
        browser.press_first(".results h2 a").await;
        browser.see("visit.ics").await;
        browser.picture("mail").await;
        let file = stage.read(&format!("{}/visit.ics", browser.path().await)).await;
        assert!(file.starts_with("BEGIN:VCALENDAR") && file.contains("METHOD:CANCEL"), "{file}");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_it_needs_a_script() {
    play_with(Scripts::Off, async |stage, browser| {
        find_the_doctor(stage, browser).await;
        browser.press_first(".week button.slot").await;
        browser.see("You chose").await;
        browser.press("Create an account").await;
        sign_up(browser).await;
        browser.see("This time is kept for you until").await;
        assert!(
            !browser.first("[data-countdown]").await.is_displayed().await.expect("an answer"),
            "only a script counts"
        );
        browser.press("Confirm the visit").await;
        browser.see("Your visit is booked").await;
    })
    .await;
}

#[tokio::test]
async fn yann_reads_french() {
    play(async |stage, browser| {
        stage.somebody("yann@example.org").await;
        browser.go("/").await;
        browser.press("Français").await;
        browser.see("Trouvez").await;
        browser.picture("accueil").await;
        browser.write("q", &stage.doctor_name()).await;
        browser.press_first(".seek [type=submit]").await;
        browser.see("Médecin généraliste").await;
        browser.press_first(".result .slot").await;
        browser.see("Vous avez choisi").await;
        browser.write("email", "yann@example.org").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("Cet horaire vous est réservé jusqu’à").await;
        browser.picture("confirmer").await;
        browser.press("Confirmer le rendez-vous").await;
        browser.see("Votre rendez-vous est confirmé").await;
        assert_eq!(browser.run("return document.documentElement.lang").await, "fr");
        browser.press("Mes rendez-vous").await;
        browser.see("À venir").await;
        browser.picture("mes-rendez-vous").await;
    })
    .await;
}

#[tokio::test]
async fn two_people_press_the_same_time() {
    play(async |stage, browser| {
        stage.somebody("nolwenn@example.org").await;
        let other = stage.somebody("goulven@example.org").await;
        browser.go("/sign-in").await;
        browser.write("email", "nolwenn@example.org").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("No visit is planned").await;

        browser.go(&stage.doctor_page()).await;
        let button = browser.first(".week button.slot").await;
        let slot = button.attr("value").await.expect("an answer").expect("a slot");
        let slot = slot.parse().expect("a slot's id");
        stage.world.hold(other, slot).await.expect("goulven is faster");
        until("the taken time is struck out", async || {
            button.attr("disabled").await.expect("an answer").is_some()
        })
        .await;
        browser.picture("struck").await;

        // Without the live stream the button can still be pressed, and the answer offers other times.
        browser.run("document.querySelector('.week button.slot').disabled = false").await;
        button.click().await.expect("it can be pressed again");
        browser.find("//h1[contains(., 'Somebody was faster')]").await;
        rules::forgive(browser, 409).await;
        rules::judge(browser).await;
        browser.picture("taken").await;
        assert!(browser.count("main button.slot").await > 0, "there are other times");
        browser.press_first("main button.slot").await;
        browser.see("This time is kept for you until").await;
    })
    .await;
}
