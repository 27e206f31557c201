//! Forgotten passwords, and the account page of those who work here, as browsers see them.

use std::time::Duration;

use tokio::time::Instant;

use crate::app::{Setup, TestApp};
use crate::client::Answer;
use crate::pages::{Browser, PASSWORD, desk_of, signed_in};
use crate::practice::Practice;

const ANOTHER: &str = "another correct horse";

/// Asks for a link to an address, and gives back the answer.
async fn ask(browser: &mut Browser, email: &str) -> Answer {
    browser.open("/password/forgotten").await;
    browser.send("/password/forgotten", &[("email", email)]).await
}

/// Where the link of the latest mail to an address leads, and the mail's subject.
async fn mailed(app: &TestApp, email: &str) -> (String, String) {
    let client = app.world.database.connect().await;
    let sql =
        "SELECT subject, body FROM mail WHERE to_address = $1 ORDER BY created_at DESC, id DESC LIMIT 1";
    let row = client.query_one(sql, &[&email]).await.expect("a mail");
    let body: String = row.get(1);
    let (_, rest) = body.split_once("http://localhost/password/new/").expect("a link");
    let token = rest.split_whitespace().next().expect("a token");
    (format!("/password/new/{token}"), row.get(0))
}

/// Where an answer sends to, or its status.
fn leads(answer: &Answer) -> String {
    match answer.status {
        303 => answer.header("location").to_owned(),
        status => status.to_string(),
    }
}

#[tokio::test]
async fn whoever_forgot_the_password_chooses_another_and_is_signed_in() {
    let app = TestApp::start().await;
    let mut elsewhere = signed_in(&app, "ben@example.org").await;
    let mut browser = Browser::new(&app);
    assert!(browser.open("/sign-in?lang=en").await.text.contains("href=\"/password/forgotten\""));
    let asked = ask(&mut browser, "Ben@Example.org").await;
    assert_eq!(leads(&asked), "/password/forgotten?done=sent");
    let twice = browser.send("/password/forgotten", &[("email", "Ben@Example.org")]).await;
    assert_eq!(leads(&twice), leads(&asked));
    assert_eq!(app.world.count("SELECT count(*) FROM mail").await, 1, "a double click asks once");
    assert!(browser.open(asked.header("location")).await.text.contains("a mail is on its way"));

    let (link, _) = mailed(&app, "ben@example.org").await;
    let page = browser.open(&link).await;
    assert!(page.status == 200 && page.text.contains("ben@example.org"), "{}", page.text);
    assert_eq!(page.header("referrer-policy"), "same-origin", "the link is told to nobody else");
    let short = browser.send(&link, &[("password", "short")]).await;
    assert!(short.status == 422 && short.text.contains("at least 10 characters"), "{}", short.text);
    assert!(!short.text.contains("value=\"short\""), "a password is not shown again");
    let set = browser.send(&link, &[("password", ANOTHER)]).await;
    assert_eq!(leads(&set), "/visits", "{}", set.text);
    assert_eq!(browser.open("/visits").await.status, 200);
    assert_eq!(leads(&elsewhere.open("/visits").await), "/sign-in?next=/visits");

    for _ in 0..2 {
        let over = browser.open(&link).await;
        assert!(over.status == 404 && over.text.contains("href=\"/password/forgotten\""), "{}", over.text);
        assert!(!over.text.contains("ben@example.org"), "{}", over.text);
    }
    let again = browser.send(&link, &[("password", PASSWORD)]).await;
    assert!(again.status == 404 && again.text.contains("href=\"/password/forgotten\""), "{}", again.text);
    let old = app
        .nobody()
        .post("/v1/tokens", serde_json::json!({"email": "ben@example.org", "password": PASSWORD}));
    assert_eq!(old.await.status, 401);
    app.close().await;
}

#[tokio::test]
async fn nobody_learns_whether_an_address_has_an_account() {
    let app = TestApp::start().await;
    drop(signed_in(&app, "ben@example.org").await);
    let mut browser = Browser::new(&app);
    browser.open("/sign-in?lang=en").await;
    let mut answers = Vec::new();
    for email in ["ben@example.org", "nobody@example.org"] {
        browser.open("/password/forgotten").await;
        let began = Instant::now();
        let answer = browser.send("/password/forgotten", &[("email", email)]).await;
        assert!(began.elapsed() >= Duration::from_millis(500), "no answer comes sooner");
        answers.push((leads(&answer), answer.text.clone()));
    }
    assert_eq!(answers[0], answers[1]);
    let (sent, jobs) = ("SELECT count(*) FROM mail", "SELECT count(*) FROM job WHERE kind = 'mail.written'");
    assert_eq!((app.world.count(sent).await, app.world.count(jobs).await), (1, 1));
    for garbage in ["", "ben", "ben@", "a b@example.org"] {
        let answer = ask(&mut browser, garbage).await;
        assert!(answer.status == 422 && answer.text.contains("in full"), "{garbage}: {}", answer.text);
    }
    app.close().await;
}

#[tokio::test]
async fn a_link_is_its_owners_whoever_is_signed_in() {
    let app = TestApp::start().await;
    drop(signed_in(&app, "ben@example.org").await);
    let mut clara = signed_in(&app, "clara@example.org").await;
    ask(&mut clara, "ben@example.org").await;
    let (link, _) = mailed(&app, "ben@example.org").await;
    for garbage in ["garbage", &"A".repeat(43), "..%2F..", "%00", &"A".repeat(3_000)] {
        let answer = clara.open(&format!("/password/new/{garbage}")).await;
        assert!(answer.status == 404 && answer.text.contains("href=\"/password/forgotten\""), "{garbage}");
    }
    clara.open(&link).await;
    assert_eq!(leads(&clara.send(&link, &[("password", ANOTHER)]).await), "/visits");
    assert!(clara.open("/account").await.text.contains("ben@example.org"), "the browser is Ben's now");
    let left = "SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE a.email = 'clara@example.org'";
    assert_eq!(app.world.count(left).await, 0, "and Clara's session has ended");
    app.close().await;
}

#[tokio::test]
async fn asking_for_links_is_slowed_down() {
    let mut setup = Setup::default();
    setup.limits.sign_ins_per_minute_per_address = 2;
    let app = TestApp::with(setup).await;
    let mut browser = Browser::new(&app);
    for _ in 0..2 {
        assert_eq!(ask(&mut browser, "ben@example.org").await.status, 303);
    }
    assert_eq!(ask(&mut browser, "ben@example.org").await.status, 429);
    assert_eq!(browser.send("/password/new/garbage", &[("password", ANOTHER)]).await.status, 429);
    app.close().await;
}

#[tokio::test]
async fn who_works_here_changes_the_password_and_signs_out_elsewhere() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let mut desk = desk_of(&app, &practice, "desk@example.org").await;
    let mut elsewhere = Browser::new(&app);
    let sign_in = async |browser: &mut Browser, password: &str| {
        browser.open("/sign-in").await;
        leads(&browser.send("/sign-in", &[("email", "desk@example.org"), ("password", password)]).await)
    };
    assert_eq!(sign_in(&mut elsewhere, PASSWORD).await, "/practice/agenda");

    let page = desk.open("/account?lang=en").await;
    assert!(page.status == 200 && page.text.contains("desk@example.org"), "{}", page.text);
    assert!(page.text.contains("href=\"/account\" aria-current=\"page\""), "the header leads here");
    for patients in
        ["/account/delete", "/account/export", "/account/profile\"", "/account/email\"", "/calendar"]
    {
        assert!(!page.text.contains(patients), "{patients} is the patients'");
    }
    for path in ["/account/delete", "/account/export"] {
        assert_eq!(desk.open(path).await.status, 403, "{path}");
    }
    desk.open("/account").await;
    for path in ["/account/profile", "/account/email", "/account/consents", "/account/delete"] {
        assert_eq!(desk.send(path, &[("password", PASSWORD)]).await.status, 403, "{path}");
    }

    assert_eq!(leads(&desk.send("/account/sessions", &[]).await), "/account?done=sessions");
    assert_eq!(leads(&elsewhere.open("/account").await), "/sign-in?next=/account");
    assert!(
        !desk.open("/account").await.text.contains("action=\"/account/sessions\""),
        "nobody is elsewhere"
    );

    assert_eq!(sign_in(&mut elsewhere, PASSWORD).await, "/practice/agenda");
    for (old, new, sentence) in [
        ("not the password", ANOTHER, "This is not your password."),
        (PASSWORD, "short", "at least 10 characters"),
    ] {
        let wrong = desk.send("/account/password", &[("password", old), ("new_password", new)]).await;
        assert!(wrong.status == 422 && wrong.text.contains(sentence), "{}", wrong.text);
    }
    let changed = desk.send("/account/password", &[("password", PASSWORD), ("new_password", ANOTHER)]).await;
    assert_eq!(leads(&changed), "/account?done=password");
    assert_eq!(desk.open("/account").await.status, 200, "this session stays");
    assert_eq!(leads(&elsewhere.open("/account").await), "/sign-in?next=/account");
    assert_eq!(sign_in(&mut elsewhere, PASSWORD).await, "422");
    assert_eq!(sign_in(&mut elsewhere, ANOTHER).await, "/practice/agenda");

    let mut nobody = Browser::new(&app);
    nobody.open("/sign-in").await;
    let asked = nobody.send("/account/password", &[("password", ANOTHER), ("new_password", PASSWORD)]).await;
    assert_eq!(leads(&asked).split('?').next(), Some("/sign-in"));
    app.close().await;
}

#[tokio::test]
async fn the_mail_speaks_the_accounts_language() {
    let app = TestApp::start().await;
    let client = app.world.database.connect().await;
    for (email, language) in
        [("fr@example.org", Some("fr-FR")), ("de@example.org", Some("de")), ("none@example.org", None)]
    {
        drop(signed_in(&app, email).await);
        let sql =
            "UPDATE patient SET locale = $2 WHERE id = (SELECT patient_id FROM account WHERE email = $1)";
        client.execute(sql, &[&email, &language]).await.expect("a language");
    }
    let mut browser = Browser::new(&app);
    browser.open("/sign-in?lang=en").await;
    for (email, subject) in [
        ("fr@example.org", "Choisissez un nouveau mot de passe"),
        ("de@example.org", "Wählen Sie ein neues Passwort"),
        ("none@example.org", "Choose a new password"),
    ] {
        ask(&mut browser, email).await;
        let (_, said) = mailed(&app, email).await;
        assert!(said.starts_with(subject), "{email}: {said}");
    }
    app.close().await;
}
