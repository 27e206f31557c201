//! The two ways that most people go, in German: a patient's on a phone, and a reception's at a desk. That every page speaks
//! the language that it says it is in is among the rules that each page is judged by.

use fantoccini::key::Key;

use crate::agenda::{Day, cell, unfold};
use crate::browser::{Browser, PHONE, until};
use crate::rules;
use crate::stage::{PASSWORD, play};

/// A day as German writes it, with the name of the day in front.
async fn sees_a_german_date(browser: &Browser) {
    let dates = "return /\\b(Mo|Di|Mi|Do|Fr|Sa|So)(\\.|ntag|enstag|ttwoch|nnerstag|eitag|mstag|nntag),? \\d{1,2}\\. (Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)/
        .test(document.querySelector('main').innerText)";
    assert_eq!(browser.run(dates).await, true, "a German date on {}", browser.path().await);
    assert_eq!(browser.run("return document.documentElement.lang").await, "de");
}

#[tokio::test]
async fn jonas_books_moves_and_cancels_in_german() {
    play(async |stage, browser| {
        stage.somebody("jonas@example.org").await;
        browser.look_at(PHONE).await;
        browser.go("/").await;
        browser.press("Deutsch").await;
        browser.see("Finden Sie").await;
        browser.picture("de-start").await;
        browser.look_at(PHONE).await;
        browser.write("q", &stage.doctor_name()).await;
        browser.write("place", "Rennes").await;
        // The key, since proposals that come late may lie over the button.
        browser.keys(&char::from(Key::Enter).to_string()).await;
        browser.see("in der Nähe von Rennes").await;
        browser.picture("de-suche").await;
        browser.look_at(PHONE).await;
        browser.press_first(".result h2 a").await;
        browser.first(".week").await;
        rules::judge(browser).await;
        browser.picture("de-woche").await;
        browser.look_at(PHONE).await;
        browser.press_first(".week button.slot").await;
        browser.see("Sie haben gewählt").await;
        sees_a_german_date(browser).await;
        browser.write("email", "jonas@example.org").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("für Sie reserviert").await;
        sees_a_german_date(browser).await;
        browser.write("reason", "Mein Knie schmerzt beim Treppensteigen").await;
        browser.picture("de-bestaetigen").await;
        browser.look_at(PHONE).await;
        browser.press("Termin bestätigen").await;

        browser.see("Ihr Termin ist gebucht").await;
        sees_a_german_date(browser).await;
        browser.press("Meine Termine").await;
        browser.see("Kommende").await;
        browser.picture("de-termine").await;
        browser.look_at(PHONE).await;
        browser.press("Verschieben").await;
        browser.see("Nächste freie Zeiten").await;
        sees_a_german_date(browser).await;
        browser.picture("de-verschieben").await;
        browser.look_at(PHONE).await;
        browser.press_first(".week button.slot:not([disabled])").await;
        browser.see("Ihr Termin wurde verschoben").await;
        browser.press("Absagen").await;
        browser.see("Diesen Termin absagen?").await;
        browser.write("reason", "Das Knie ist wieder gut").await;
        browser.picture("de-absagen").await;
        browser.look_at(PHONE).await;
        browser.press("Termin absagen").await;
        browser.see("Der Termin ist abgesagt, und die Zeit ist wieder frei").await;
        sees_a_german_date(browser).await;
    })
    .await;
}

#[tokio::test]
async fn the_reception_books_moves_and_cancels_in_german() {
    play(async |stage, browser| {
        let day = Day::open(stage).await;
        stage.at_the_desk("Goulven").await;
        browser.go("/sign-in?lang=de").await;
        browser.press("Der Empfang der Praxis").await;
        browser.first(".agenda-grid").await;
        browser.go(&day.address(stage)).await;
        sees_a_german_date(browser).await;
        browser.first("[data-live]").await;
        browser.press_first(&cell(day.at(15))).await;
        browser.see("Neuer Termin").await;
        unfold(browser, "Warum wird diese Zeit angeboten?").await;
        rules::judge(browser).await;
        browser.write("find", "goul tan").await;
        browser.first("dialog [data-found] button").await;
        rules::judge(browser).await;
        browser.picture("de-buchen").await;
        browser.keys(&char::from(Key::Enter).to_string()).await;
        until("the name has the focus", async || {
            browser.run("return document.activeElement.matches('[data-found] button')").await == true
        })
        .await;
        browser.keys(&char::from(Key::Enter).to_string()).await;
        browser.see("Gebucht: 09:15 Uhr, Goulven Tanguy").await;
        browser.picture("de-terminplan").await;

        browser.drag(".slip", &cell(day.at(60))).await;
        browser.see("Verschoben auf").await;
        browser.picture("de-verschoben").await;
        browser.press("Rückgängig").await;
        browser.first(&format!(".slip[data-cell='{}']", day.at(15).as_second())).await;
        browser.press_first(".slip").await;
        browser.first("dialog[open] dl").await;
        rules::judge(browser).await;
        unfold(browser, "Absagen").await;
        browser.picture("de-termin").await;
        browser.press("Termin absagen").await;
        browser.see("Abgesagt: 09:15 Uhr, Goulven Tanguy").await;
        assert_eq!(browser.count(".slip").await, 0);
        for (view, picture) in [("week", "de-wochenplan"), ("month", "de-monat")] {
            browser.go(&day.address(stage).replace("day", view)).await;
            browser.picture(picture).await;
        }
        for (path, picture) in [
            ("/practice/day", "de-liste"),
            ("/practice/hours", "de-oeffnungszeiten"),
            ("/practice/visit-types", "de-terminarten"),
            ("/practice/patients", "de-patienten"),
            ("/practice/staff", "de-team"),
            ("/practice/trail", "de-protokoll"),
        ] {
            browser.go(path).await;
            browser.picture(picture).await;
        }
        let practitioner = format!("/practice/hours?practitioner={}", stage.doctor.id);
        browser.go(&practitioner).await;
        browser.press_first("button[value='preview']:not([hidden])").await;
        browser.first("main .notice, main .card").await;
        rules::judge(browser).await;
    })
    .await;
}
