//! Somebody forgot their password, and the reception looks after its own account.

use crate::browser::{Browser, PHONE};
use crate::rules;
use crate::stage::{PASSWORD, play};

const ANOTHER: &str = "encore une phrase assez longue";

async fn sign_in(browser: &Browser, email: &str, password: &str) {
    browser.go("/sign-in").await;
    browser.write("email", email).await;
    browser.write("password", password).await;
    browser.press_first("main form button[type=submit]").await;
}

#[tokio::test]
async fn nolwenn_forgot_her_password() {
    play(async |stage, browser| {
        stage.somebody("nolwenn@example.org").await;
        browser.look_at(PHONE).await;
        browser.go("/sign-in").await;
        browser.press("Forgotten your password?").await;
        browser.see("Write the e-mail address").await;
        browser.picture("password-forgotten").await;
        browser.look_at(PHONE).await;
        browser.write("email", "nolwenn").await;
        browser.press("Send me the link").await;
        browser.find("//*[@id='email-note']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.write("email", "nolwenn@example.org").await;
        browser.press("Send me the link").await;
        browser.see("a mail is on its way").await;
        browser.picture("password-sent").await;
        browser.look_at(PHONE).await;

        browser.go("/dev/mail").await;
        browser.press("new password for Rendez").await;
        let text = browser.text_of(".mail").await;
        let link = text.split_whitespace().find(|word| word.contains("/password/new/")).expect("a link");
        let path = link[link.find("/password/new/").expect("a path")..].to_owned();
        browser.go(&path).await;
        browser.write("password", "short").await;
        browser.press("Keep it and sign in").await;
        browser.find("//*[@id='password-note' and contains(@class, 'wrong')]").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.picture("password-new").await;
        browser.look_at(PHONE).await;
        browser.write("password", ANOTHER).await;
        browser.press("Keep it and sign in").await;
        browser.see("No visit is planned").await;
        assert_eq!(browser.path().await, "/visits");

        browser.open_page(&path).await;
        browser.find("//h1[.='This link counts no more']").await;
        rules::forgive(browser, 404).await;
        rules::judge(browser).await;
        browser.picture("password-over").await;
        browser.press("Send me a new link").await;
        browser.see("Write the e-mail address").await;
        browser.press("Sign out").await;
        browser.see("Often looked for").await;
        sign_in(browser, "nolwenn@example.org", PASSWORD).await;
        browser.find("//*[@role='alert']").await;
        rules::forgive(browser, 422).await;
        sign_in(browser, "nolwenn@example.org", ANOTHER).await;
        browser.see("No visit is planned").await;
    })
    .await;
}

#[tokio::test]
async fn the_reception_changes_its_password() {
    play(async |_, browser| {
        browser.go("/sign-in").await;
        browser.press("The reception of the practice").await;
        browser.first(".agenda-grid").await;
        browser.press("Account").await;
        browser.see("You sign in with").await;
        browser.picture("work-account").await;
        browser.write("password", "not this one at all").await;
        browser.write("new_password", ANOTHER).await;
        browser.press("Change the password").await;
        browser.find("//*[@id='password-note']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.picture("work-account-wrong").await;
    })
    .await;
}
