//! Who is kept out of the pages, and that a form counts only from a page that we gave to its visitor.

use std::collections::{BTreeMap, BTreeSet};

use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{self, NewPatientAccount};
use rendez_vocab::ids::OrganizationId;
use reqwest::Method;
use serde_json::Value;

use crate::app::TestApp;
use crate::client::{Answer, Caller, text};
use crate::practice::{Practice, book, patient};

/// Where the pages' URLs stand.
const SOURCE: &str = include_str!("../../../web/src/pages/mod.rs");
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What a page answers to nobody and to a stranger who is signed in. `/sign-in` means: sent there.
const PAGES: [(&str, &str, &str); 55] = [
    ("/", "200", "200"),
    ("/search", "200", "200"),
    ("/practitioners/{id}", "200", "200"),
    ("/hold", "/", "/"),
    ("/sign-in", "200", "200"),
    ("/sign-up", "200", "200"),
    ("/password/forgotten", "200", "200"),
    ("/password/new/{token}", "404", "404"),
    ("/sign-out", "/", "/"),
    ("/visits", "/sign-in", "200"),
    ("/appointments/{id}", "/sign-in", "404"),
    ("/appointments/{id}/confirm", "/sign-in", "404"),
    ("/appointments/{id}/cancel", "/sign-in", "404"),
    ("/appointments/{id}/move", "/sign-in", "404"),
    ("/account", "/sign-in", "200"),
    ("/account/profile", "/account", "/account"),
    ("/account/email", "/account", "/account"),
    ("/account/password", "/account", "/account"),
    ("/account/consents", "/account", "/account"),
    ("/account/sessions", "/account", "/account"),
    ("/account/export", "/sign-in", "200"),
    ("/account/delete", "/sign-in", "200"),
    ("/goodbye", "200", "200"),
    ("/calendar", "/sign-in", "200"),
    ("/people", "/sign-in", "200"),
    ("/people/{id}", "/sign-in", "404"),
    ("/waiting", "/sign-in", "200"),
    ("/practice/agenda", "/sign-in", "403"),
    ("/practice/agenda/columns", "/sign-in", "403"),
    ("/practice/agenda/stream", "/sign-in", "403"),
    ("/practice/book", "/sign-in", "403"),
    ("/practice/book/patients", "/", "/"),
    ("/practice/block", "/", "/"),
    ("/practice/block/end", "/", "/"),
    ("/practice/visits/{id}", "/sign-in", "403"),
    ("/practice/visits/{id}/cancel", "/", "/"),
    ("/practice/visits/{id}/move", "/sign-in", "403"),
    ("/practice/day", "/sign-in", "403"),
    ("/practice/hours", "/sign-in", "403"),
    ("/practice/hours/time-off", "/", "/"),
    ("/practice/visit-types", "/sign-in", "403"),
    ("/practice/visit-types/{id}", "/sign-in", "403"),
    ("/practice/profile", "/sign-in", "403"),
    ("/practice/patients", "/sign-in", "403"),
    ("/practice/patients/{id}", "/sign-in", "403"),
    ("/practice/staff", "/sign-in", "403"),
    ("/practice/trail", "/sign-in", "403"),
    ("/invitations/{token}", "404", "404"),
    ("/ops", "/sign-in", "403"),
    ("/ops/jobs", "/sign-in", "403"),
    // The style guide and mails are for the demo only.
    ("/styleguide", "404", "404"),
    ("/dev/mail", "404", "404"),
    ("/dev/mail/{id}", "404", "404"),
    ("/dev/mail/{id}/visit.ics", "404", "404"),
    ("/static/{digest}/{name}", "404", "404"),
];

/// What forms are sent to.
const FORMS: [&str; 47] = [
    "/hold",
    "/sign-in",
    "/sign-up",
    "/password/forgotten",
    "/password/new/{token}",
    "/sign-out",
    "/appointments/{id}/confirm",
    "/appointments/{id}/leave",
    "/appointments/{id}/stay",
    "/appointments/{id}/cancel",
    "/appointments/{id}/move",
    "/appointments/{id}/outcome",
    "/account/profile",
    "/account/email",
    "/account/password",
    "/account/consents",
    "/account/sessions",
    "/account/delete",
    "/calendar",
    "/people",
    "/people/{id}",
    "/people/{id}/end",
    "/waiting",
    "/waiting/{id}/withdraw",
    "/waiting/{id}/decline",
    "/waiting/{id}/again",
    "/practice/hours",
    "/practice/hours/time-off",
    "/practice/hours/time-off/{id}/end",
    "/practice/visit-types",
    "/practice/visit-types/{id}",
    "/practice/profile",
    "/practice/patients",
    "/practice/patients/{id}/block",
    "/practice/patients/{id}/unblock",
    "/practice/staff",
    "/practice/staff/{id}/rights",
    "/practice/staff/{id}/remove",
    "/practice/staff/invitations/{id}/withdraw",
    "/invitations/{token}",
    "/ops/jobs",
    "/practice/book",
    "/practice/book/patients",
    "/practice/block",
    "/practice/block/end",
    "/practice/visits/{id}/cancel",
    "/practice/visits/{id}/move",
];

/// A browser: it keeps cookies and sends forms with what the last page hid in them.
pub(crate) struct Browser {
    pub(crate) caller: Caller,
    cookies: BTreeMap<String, String>,
    hidden: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(app: &TestApp) -> Self {
        Self { caller: app.nobody(), cookies: BTreeMap::new(), hidden: BTreeMap::new() }
    }

    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let ask = self.caller.get(path).header("accept", "text/html").header("cookie", &self.jar());
        let answer = ask.await;
        self.read(&answer);
        answer
    }

    /// Sends a form with the fields that the last page hid, and these.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = self.hidden.clone();
        let all =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied());
        let body: Vec<String> =
            all.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.send_text(path, body.join("&")).await
    }

    async fn send_text(&mut self, path: &str, body: String) -> Answer {
        let ask =
            self.caller.ask(Method::POST, path).header("accept", "text/html").header("cookie", &self.jar());
        let answer = ask.body("application/x-www-form-urlencoded", body).await;
        self.read(&answer);
        answer
    }

    fn jar(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn read(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name and a value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        for name in ["csrf", "key"] {
            let value = answer.text.split_once(&format!("name=\"{name}\" value=\""));
            if let Some((value, _)) = value.and_then(|(_, rest)| rest.split_once('"')) {
                self.hidden.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

/// Somebody with an account, signed in.
pub(crate) async fn signed_in(app: &TestApp, email: &str) -> Browser {
    let account = NewPatientAccount {
        patient: NewPatient {
            given_name: "Ben".into(),
            family_name: "Le Bris".into(),
            ..NewPatient::default()
        },
        email: email.to_owned(),
        consents: Vec::new(),
        password: PASSWORD.to_owned(),
    };
    let nobody = app.world.ctx(rendez_vocab::Actor::Nobody);
    identity::register_patient(&nobody, account).await.expect("an account");
    let mut browser = Browser::new(app);
    browser.open("/sign-in").await;
    let answer = browser.send("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/visits"), "{}", answer.text);
    browser.open("/visits").await;
    browser
}

/// A visit of somebody else.
async fn foreign_visit(app: &TestApp) -> (Practice, Value) {
    let practice = Practice::usual(app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(app).await;
    let visit = book(app, &slots[0], &ana).await;
    (practice, visit)
}

fn filled(path: &str, practice: &Practice, visit: &Value) -> String {
    let id = match path.starts_with("/practitioners") {
        true => practice.practitioner.clone(),
        false => text(&visit["id"]),
    };
    path.replace("{id}", &id).replace("{digest}", "0").replace("{name}", "nothing.css")
}

#[tokio::test]
async fn every_page_as_nobody_and_as_a_stranger() {
    let app = TestApp::start().await;
    let (practice, visit) = foreign_visit(&app).await;
    let (mut nobody, mut stranger) = (Browser::new(&app), signed_in(&app, "ben@example.org").await);
    let mut wrong = Vec::new();
    for (path, to_nobody, to_stranger) in PAGES {
        let url = filled(path, &practice, &visit);
        for (who, browser, expected) in
            [("nobody", &mut nobody, to_nobody), ("a stranger", &mut stranger, to_stranger)]
        {
            let answer = browser.open(&url).await;
            let place = answer.header("location").split('?').next().unwrap_or_default().to_owned();
            let said = if answer.status == 303 { place } else { answer.status.to_string() };
            if said != expected {
                wrong.push(format!("{url} as {who}: {said}, not {expected}"));
            }
            assert!(!answer.text.contains("Quatremaille"), "{url} as {who} tells of the patient");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.close().await;
}

#[test]
fn no_page_is_forgotten() {
    let (mut gets, mut posts) = (BTreeSet::new(), BTreeSet::new());
    for line in SOURCE.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (path, handlers) = line.split_once('"').expect("a path in quotes");
        if handlers.contains("get(") {
            gets.insert(path.to_owned());
        }
        if handlers.contains("post(") {
            posts.insert(path.to_owned());
        }
    }
    assert_eq!(PAGES.iter().map(|(path, ..)| (*path).to_owned()).collect::<BTreeSet<_>>(), gets);
    assert_eq!(FORMS.iter().map(|path| (*path).to_owned()).collect::<BTreeSet<_>>(), posts);
}

#[tokio::test]
async fn a_form_counts_only_from_a_page_that_we_gave_to_its_visitor() {
    let app = TestApp::start().await;
    let (practice, visit) = foreign_visit(&app).await;
    let mut nobody = Browser::new(&app);
    let mut ben = signed_in(&app, "ben@example.org").await;
    let clara = signed_in(&app, "clara@example.org").await;
    let claras = clara.hidden["csrf"].clone();
    for path in FORMS {
        let url = filled(path, &practice, &visit);
        for body in [String::new(), "csrf=".to_owned(), format!("csrf={}", encoded(&claras))] {
            let answer = nobody.send_text(&url, body.clone()).await;
            let for_anybody = ["/hold", "/sign-in", "/sign-up", "/invitations", "/password"];
            let open = for_anybody.iter().any(|open| path.starts_with(open));
            let expected = if open { (403, "") } else { (303, "/sign-in?why=ended&next=") };
            let said = (answer.status, answer.header("location"));
            assert_eq!(said, expected, "{path} of nobody with `{body}`");
            let answer = ben.send_text(&url, body.clone()).await;
            assert_eq!(answer.status, 403, "{path} of ben with `{body}`");
        }
        let json = ben.caller.ask(Method::POST, &url).header("cookie", &ben.jar());
        assert_eq!(json.json(&serde_json::json!({"csrf": "x"})).await.status, 403, "{path}");
    }
    assert_eq!(ben.open("/visits").await.status, 200, "he is signed in still");
    app.close().await;
}

#[tokio::test]
async fn who_was_signed_out_in_another_window_comes_back_to_the_same_page() {
    let app = TestApp::start().await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    let kept = ben.open("/people").await;
    assert_eq!(kept.header("cache-control"), "private, no-store");
    let (csrf, key) = (ben.hidden["csrf"].clone(), ben.hidden["key"].clone());
    ben.send("/sign-out", &[]).await;
    let body = format!("csrf={}&key={}", encoded(&csrf), encoded(&key));
    let ask = ben.caller.ask(Method::POST, "/people").header("cookie", &ben.jar());
    let ask = ask.header("referer", "https://rendez.example/people?x=1").header("accept", "text/html");
    let sent = ask.body("application/x-www-form-urlencoded", body).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/sign-in?why=ended&next=/people%3Fx%3D1"));
    let asked = ben.open(sent.header("location")).await;
    assert!(asked.text.contains("Vous avez été déconnecté"), "{}", asked.text);
    let fields = [("email", "ben@example.org"), ("password", PASSWORD), ("next", "/people?x=1")];
    let back = ben.send("/sign-in", &fields).await;
    assert_eq!((back.status, back.header("location")), (303, "/people?x=1"));
    app.close().await;
}

#[tokio::test]
async fn a_stranger_with_a_form_of_their_own_does_nothing_to_a_visit() {
    let app = TestApp::start().await;
    let (practice, visit) = foreign_visit(&app).await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    let free = practice.open(app.at(4, 10, 0), 15).await;
    for (path, expected) in
        [("confirm", 404), ("leave", 404), ("stay", 404), ("cancel", 404), ("move", 404), ("outcome", 403)]
    {
        let url = format!("/appointments/{}/{path}", text(&visit["id"]));
        ben.open("/visits").await;
        let answer = ben.send(&url, &[("slot", &free[0]), ("status", "fulfilled")]).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.header("location"));
    }
    let id = text(&visit["id"]);
    assert_eq!(app.admin().get(format!("/v1/appointments/{id}")).await.ok(), visit, "as it was");
    app.close().await;
}

#[tokio::test]
async fn a_visitor_chooses_a_time_signs_in_and_has_it() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    drop(signed_in(&app, "ben@example.org").await);
    let mut browser = Browser::new(&app);
    browser.open(&format!("/practitioners/{}", practice.practitioner)).await;
    let wish = browser.send("/hold", &[("slot", &slots[1])]).await;
    assert_eq!((wish.status, wish.header("location")), (303, "/sign-in"));
    browser.open("/sign-in").await;
    let held = browser.send("/sign-in", &[("email", "ben@example.org"), ("password", PASSWORD)]).await;
    let confirm = held.header("location").to_owned();
    assert!(
        held.status == 303 && confirm.starts_with("/appointments/apt_") && confirm.ends_with("/confirm"),
        "{confirm}"
    );
    assert_eq!(browser.open(&confirm).await.status, 200);
    let booked = browser.send(&confirm, &[("reason", "A cough")]).await;
    assert_eq!(booked.status, 303, "{}", booked.text);
    let twice = browser.send(&confirm, &[("reason", "A cough")]).await;
    assert_eq!(twice.header("location"), booked.header("location"), "a double click books once");
    assert_eq!(app.world.count("SELECT count(*) FROM appointment WHERE status = 'booked'").await, 1);
    let visit = confirm.trim_end_matches("/confirm");
    let calendar = browser.open(&format!("{visit}.ics")).await;
    assert!(calendar.text.starts_with("BEGIN:VCALENDAR"), "{}", calendar.text);
    app.close().await;
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let mut setup = crate::app::Setup::default();
    setup.limits.sign_ins_per_minute_per_address = 3;
    let app = TestApp::with(setup).await;
    let mut browser = Browser::new(&app);
    browser.open("/sign-in").await;
    let guess = [("email", "ben@example.org"), ("password", "not the password")];
    for _ in 0..3 {
        assert_eq!(browser.send("/sign-in", &guess).await.status, 422);
    }
    assert_eq!(browser.send("/sign-in", &guess).await.status, 429);
    app.close().await;
}

/// Somebody who works at a practice's desk, signed in.
pub(crate) async fn desk_of(app: &TestApp, practice: &Practice, email: &str) -> Browser {
    let browser = signed_in(app, email).await;
    let organization: OrganizationId = practice.organization.parse().expect("an id");
    let client = app.world.database.connect().await;
    client.execute("UPDATE account SET role = 'staff' WHERE email = $1", &[&email]).await.expect("a role");
    let sql = "INSERT INTO account_organization SELECT id, $2 FROM account WHERE email = $1";
    client.execute(sql, &[&email, &organization.uuid()]).await.expect("a place of work");
    browser
}

#[tokio::test]
async fn the_agenda_of_a_practice_is_its_own() {
    let app = TestApp::start().await;
    let (practice, visit) = foreign_visit(&app).await;
    let elsewhere = Practice::usual(&app).await;
    let mut desk = desk_of(&app, &practice, "desk@example.org").await;
    let mut other = desk_of(&app, &elsewhere, "other@example.org").await;
    let (id, who) = (text(&visit["id"]), practice.practitioner.clone());
    let start = app.at(3, 10, 30).to_string();
    let date = start.split('T').next().expect("a date").to_owned();
    for (path, to_own, to_other) in [
        (format!("/practice/agenda?date={date}&who={who}"), 200, 404),
        (format!("/practice/agenda?view=week&date={date}&who={who}"), 200, 404),
        (format!("/practice/agenda?view=month&date={date}&who={who}"), 200, 404),
        (format!("/practice/agenda/columns?date={date}&who={who}&span=8-19"), 200, 404),
        (format!("/practice/agenda/columns?date={date}&who={who}&only={who}&span=13-14"), 200, 404),
        (format!("/practice/agenda?date={date}&move={id}"), 200, 404),
        (format!("/practice/book?practitioner={who}&start={start}"), 200, 404),
        (format!("/practice/visits/{id}"), 200, 404),
        (format!("/practice/visits/{id}/move?practitioner={who}&start={start}"), 200, 404),
        (
            "/practice/agenda?date=garbage&view=garbage&span=garbage&move=garbage&was=garbage".to_owned(),
            200,
            200,
        ),
        // An old or mistyped address still shows the day.
        ("/practice/agenda?who=garbage".to_owned(), 200, 200),
        (format!("/practice/agenda?who={}", practice.location), 200, 200),
        ("/practice/book".to_owned(), 404, 404),
        (format!("/practice/book?practitioner={who}&start=garbage"), 404, 404),
        (format!("/practice/book?practitioner={who}&start=9999-12-30T00:00:00Z"), 404, 404),
        ("/practice/visits/garbage".to_owned(), 404, 404),
    ] {
        for (name, browser, expected) in
            [("the desk", &mut desk, to_own), ("another desk", &mut other, to_other)]
        {
            let answer = browser.open(&path).await;
            assert_eq!(answer.status, expected, "{path} for {name}");
            assert!(
                name == "the desk" || !answer.text.contains("Quatremaille"),
                "{path} tells of the patient"
            );
        }
    }
    let day = desk.open(&format!("/practice/agenda?date={date}&who={who}")).await;
    assert!(day.text.contains("Quatremaille"), "the desk sees who comes");

    let fields =
        [("practitioner", who.as_str()), ("start", start.as_str()), ("until", "23:00"), ("q", "quatre")];
    for path in [
        "/practice/book".to_owned(),
        "/practice/block".to_owned(),
        format!("/practice/visits/{id}/move"),
        format!("/practice/visits/{id}/cancel"),
    ] {
        other.open("/practice/agenda").await;
        let answer = other.send(&path, &fields).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.header("location"));
    }
    other.open("/practice/agenda").await;
    let found = other.send("/practice/book/patients", &[("q", "quatremaille")]).await;
    assert!(found.status == 200 && !found.text.contains("Quatremaille"), "another practice's patient");
    assert_eq!(app.admin().get(format!("/v1/appointments/{id}")).await.ok(), visit, "as it was");

    // The desk itself finds, books, moves and blocks; a form that is sent twice counts once.
    desk.open(&format!("/practice/book?practitioner={who}&start={start}")).await;
    let found = desk
        .send(
            "/practice/book",
            &[("practitioner", &who), ("start", &start), ("q", "quatre"), ("step", "search")],
        )
        .await;
    let patient =
        found.text.split_once("name=\"patient\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (patient, _) = patient.expect("the patient is found");
    let book = [("practitioner", who.as_str()), ("start", start.as_str()), ("patient", patient)];
    let booked = desk.send("/practice/book", &book).await;
    assert!(
        booked.status == 303 && booked.header("location").starts_with("/practice/agenda?"),
        "{}",
        booked.text
    );
    assert!(!booked.header("location").to_lowercase().contains("quatre"), "no name stands in an address");
    let twice = desk.send("/practice/book", &book).await;
    assert_eq!(twice.header("location"), booked.header("location"), "a double click books once");
    assert_eq!(app.world.count("SELECT count(*) FROM appointment WHERE status = 'booked'").await, 2);
    let later = app.at(3, 10, 45).to_string();
    let moved = desk
        .send(
            &format!("/practice/visits/{id}/move"),
            &[("practitioner", &who), ("start", &later), ("by", "script")],
        )
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let over = desk
        .send(
            &format!("/practice/visits/{id}/move"),
            &[("practitioner", &who), ("start", &start), ("by", "script")],
        )
        .await;
    assert_eq!(over.status, 409, "the patient is there already: {}", over.text);
    app.close().await;
}
