//! The practice's pages and the operator's, as those who may, as those who may less, and as those from elsewhere.

use rendez_domain::directory::{self, NewPatient, Practitioner};
use rendez_domain::idempotency;
use rendez_domain::identity::{self, LinkMail, NewInvitation, Rights, accept_invitation};
use rendez_testkit::world::new_practitioner;
use rendez_vocab::Actor;
use serde_json::Value;

use crate::app::TestApp;
use crate::pages::{Browser, PASSWORD};

/// Somebody who works for a practice, signed in.
async fn member(app: &TestApp, doctor: &Practitioner, email: &str, rights: Rights) -> Browser {
    let (sender, receiver) = std::sync::mpsc::channel();
    let new = NewInvitation { email: email.into(), rights };
    let words = move |_: &str, token: &identity::LinkToken| {
        sender.send(*token).expect("somebody listens");
        LinkMail { subject: String::new(), body: String::new() }
    };
    identity::invite(&app.world.admin(), doctor.organization, new, words).await.expect("an invitation");
    let token = receiver.recv().expect("a token");
    accept_invitation(&app.world.ctx(Actor::Nobody), token, PASSWORD).await.expect("a member");
    let mut browser = Browser::new(app);
    browser.open("/sign-in").await;
    let answer = browser.send("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    browser
}

struct House {
    app: TestApp,
    doctor: Practitioner,
    patient: String,
    desk: Browser,
    manager: Browser,
    elsewhere: Browser,
}

async fn house() -> House {
    let app = TestApp::start().await;
    let doctor = app.world.enter(new_practitioner()).await;
    let other = app.world.enter(new_practitioner()).await;
    let manager = member(&app, &doctor, "chef@cabinet.example", Rights::Manager).await;
    let desk = member(&app, &doctor, "accueil@cabinet.example", Rights::Desk).await;
    let elsewhere = member(&app, &other, "chef@ailleurs.example", Rights::Manager).await;
    let new =
        NewPatient { given_name: "Ana".into(), family_name: "Quatremaille".into(), ..NewPatient::default() };
    let made = directory::create_patient(&app.world.desk_of(&doctor), new, |_| Value::Null).await;
    let Ok(idempotency::Answer::Fresh(patient)) = made else { panic!("the desk may") };
    House { app, doctor, patient: patient.id.to_string(), desk, manager, elsewhere }
}

#[tokio::test]
async fn who_sees_which_page_of_the_practice() {
    let mut house = house().await;
    let (doctor, organization) = (house.doctor.id, house.doctor.organization);
    let visit_type = house.doctor.visit_types[0].id;
    // Path, the desk, a manager, a manager of another practice.
    let table = [
        (format!("/practice/patients?organization={organization}"), [200, 200, 404]),
        (format!("/practice/patients/{}?organization={organization}", house.patient), [200, 200, 404]),
        (format!("/practice/patients/{}", house.patient), [200, 200, 404]),
        (format!("/practice/hours?practitioner={doctor}"), [403, 200, 404]),
        (format!("/practice/visit-types?practitioner={doctor}"), [403, 200, 404]),
        (format!("/practice/profile?practitioner={doctor}"), [403, 200, 404]),
        (format!("/practice/visit-types/{visit_type}?practitioner={doctor}"), [403, 200, 404]),
        (format!("/practice/visit-types/new?practitioner={doctor}"), [403, 200, 404]),
        (format!("/practice/staff?organization={organization}"), [403, 200, 404]),
        (format!("/practice/trail?organization={organization}"), [403, 200, 404]),
        ("/practice/hours?practitioner=nonsense".to_owned(), [404, 404, 404]),
        ("/practice/patients/nonsense".to_owned(), [404, 404, 404]),
        ("/practice/patients?organization=nonsense".to_owned(), [404, 404, 404]),
        (format!("/practice/visit-types/nonsense?practitioner={doctor}"), [403, 404, 404]),
        ("/practice/trail?day=nonsense&who=%27%22&before=x".to_owned(), [403, 200, 200]),
        ("/ops".to_owned(), [403, 403, 403]),
    ];
    for (path, expected) in table {
        for (who, expected) in
            [&mut house.desk, &mut house.manager, &mut house.elsewhere].into_iter().zip(expected)
        {
            let answer = who.open(&path).await;
            assert_eq!(answer.status, expected, "{path}: {}", answer.text);
            assert!(expected == 200 || !answer.text.contains("Quatremaille"), "{path} tells of the patient");
        }
    }
    house.app.close().await;
}

#[tokio::test]
async fn what_a_practice_says_of_itself_is_read_by_patients() {
    let mut house = house().await;
    let doctor = house.doctor.id.to_string();
    let shown = house.manager.open(&format!("/practice/profile?practitioner={doctor}")).await;
    let version = shown.text.split_once("name=\"version\" value=\"").expect("a version").1;
    let version = version.split('"').next().expect("a number").to_owned();
    let about = "Sur rendez-vous.\r\n\r\n<b>Deuxième</b> étage.";
    let said = |phone: &'static str| {
        [
            ("practitioner", doctor.clone()),
            ("version", version.clone()),
            ("about", about.to_owned()),
            ("phone", phone.to_owned()),
            ("telehealth", "yes".to_owned()),
        ]
    };
    let send = async |who: &mut Browser, fields: [(&'static str, String); 5]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        who.send("/practice/profile", &fields).await
    };
    let wrong = send(&mut house.manager, said("12")).await;
    assert!(wrong.status == 422 && wrong.text.contains("Deuxième"), "what was typed stays: {}", wrong.text);
    let saved = send(&mut house.manager, said("02 99 12 34 56")).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let late = send(&mut house.manager, said("02 99 12 34 57")).await;
    assert_eq!(late.status, 409, "somebody else has saved since");
    let read = Browser::new(&house.app).open(&format!("/practitioners/{doctor}")).await;
    assert!(read.text.contains("<p class=\"written\">Sur rendez-vous.</p>"), "{}", read.text);
    assert!(!read.text.contains("<b>Deuxième"), "what was written is text");
    assert!(read.text.contains("tel:+33299123456"));
    let by_program = house.app.nobody().get(format!("/v1/practitioners/{doctor}")).await.ok();
    assert_eq!((&by_program["about"], &by_program["accepts_new_patients"]), (&about.into(), &false.into()));
    house.app.close().await;
}

#[tokio::test]
async fn forms_of_another_practice_and_garbage_change_nothing() {
    let mut house = house().await;
    let (doctor, organization) = (house.doctor.id.to_string(), house.doctor.organization.to_string());
    let count = "SELECT count(*) FROM audit";
    house.elsewhere.open("/practice/staff").await;
    let before = house.app.world.count(count).await;
    let about = [
        ("practitioner", doctor.as_str()),
        ("organization", organization.as_str()),
        ("do", "save"),
        ("rights", "manager"),
        ("email", "x@y.example"),
        ("reason", "because"),
        ("up", "vt_nonsense"),
        ("password", PASSWORD),
        ("action", "pause"),
        ("kind", "mail.moved"),
    ];
    for (path, expected) in [
        ("/practice/hours".to_owned(), 404),
        ("/practice/hours/time-off".to_owned(), 404),
        ("/practice/hours/time-off/off_x/end".to_owned(), 404),
        ("/practice/visit-types".to_owned(), 404),
        ("/practice/profile".to_owned(), 404),
        (format!("/practice/visit-types/{}", house.doctor.visit_types[0].id), 404),
        ("/practice/patients".to_owned(), 404),
        (format!("/practice/patients/{}/block", house.patient), 404),
        (format!("/practice/patients/{}/unblock", house.patient), 404),
        ("/practice/staff".to_owned(), 404),
        ("/practice/staff/acc_x/rights".to_owned(), 404),
        ("/practice/staff/acc_x/remove".to_owned(), 404),
        ("/practice/staff/invitations/x/withdraw".to_owned(), 404),
        ("/invitations/nonsense".to_owned(), 404),
        ("/ops/jobs".to_owned(), 403),
    ] {
        let answer = house.elsewhere.send(&path, &about).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.text);
    }
    assert_eq!(house.app.world.count(count).await, before, "nothing was done");
    // And at home garbage is told at its field.
    house.manager.open("/practice/hours").await;
    let rows = [
        ("practitioner", doctor.as_str()),
        ("do", "preview"),
        ("rules", "999999999999"),
        ("rule-0-weekday", "9"),
        ("rule-0-starts", "25:00"),
        ("rule-0-ends", "<script>"),
        ("rule-0-weeks", "-1"),
        ("closures", "x"),
    ];
    let answer = house.manager.send("/practice/hours", &rows).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("aria-invalid") && !answer.text.contains("<script>"), "{}", answer.text);
    house.app.close().await;
}

#[tokio::test]
async fn two_editors_at_once_the_second_is_told() {
    let mut house = house().await;
    let doctor = house.doctor.id.to_string();
    let version = |text: &str| -> String {
        let (_, rest) = text.split_once("name=\"version\" value=\"").expect("a version");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let seen = |text: &str| -> String {
        let (_, rest) = text.split_once("name=\"seen\" value=\"").expect("what was seen");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let first = version(&house.manager.open("/practice/hours").await.text);
    let row = |ends: &'static str| {
        vec![
            ("rules", "1"),
            ("rule-0-weekday", "1"),
            ("rule-0-starts", "09:00"),
            ("rule-0-ends", ends),
            ("rule-0-weeks", "1"),
        ]
    };
    let send = async |browser: &mut Browser, button: &str, version: &str, seen: &str, ends: &'static str| {
        let mut fields = row(ends);
        fields.extend([
            ("practitioner", doctor.as_str()),
            ("do", button),
            ("version", version),
            ("seen", seen),
        ]);
        browser.send("/practice/hours", &fields).await
    };
    let unseen = send(&mut house.manager, "save", &first, "", "12:00").await;
    assert_eq!(unseen.status, 200, "what was not previewed is shown first");
    assert_eq!(house.app.world.count("SELECT count(*) FROM opening_rule").await, 0);
    let saved = send(&mut house.manager, "save", &first, &seen(&unseen.text), "12:00").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let twice = send(&mut house.manager, "save", &first, &seen(&unseen.text), "12:00").await;
    assert_eq!(twice.status, 303, "a double click saves once");

    let shown = send(&mut house.manager, "preview", &first, "", "18:00").await;
    let late = send(&mut house.manager, "save", &first, &seen(&shown.text), "18:00").await;
    assert_eq!(late.status, 409);
    for line in ["09:00–12:00", "09:00–18:00"] {
        assert!(late.text.contains(line), "{line} is told: {}", late.text);
    }
    let decided = send(&mut house.manager, "save", &version(&late.text), &seen(&late.text), "18:00").await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    house.app.close().await;
}

#[tokio::test]
async fn an_absence_is_looked_at_taken_and_ended() {
    let mut house = house().await;
    let doctor = house.doctor.id.to_string();
    let range = house.app.world.open_day(&house.doctor, 3, 60).await;
    let patient = house.patient.parse().expect("an id");
    house.app.world.book(patient, house.app.world.slot(&house.doctor, range.start())).await;
    let zone = jiff::tz::TimeZone::get("Europe/Paris").expect("a zone");
    let date = zone.to_datetime(range.start()).date();
    let (starts, ends) = (format!("{date}T00:00"), format!("{date}T23:59"));
    house.manager.open("/practice/hours").await;
    let fields =
        [("practitioner", doctor.as_str()), ("starts", &starts), ("ends", &ends), ("reason", "Fishing")];
    let send = async |browser: &mut Browser, more: &[(&str, &str)]| {
        let all: Vec<(&str, &str)> = fields.iter().chain(more).copied().collect();
        browser.send("/practice/hours/time-off", &all).await
    };
    let looked = send(&mut house.manager, &[("do", "look")]).await;
    assert!(looked.status == 200 && looked.text.contains("Quatremaille"), "{}", looked.text);
    let (_, seen) = looked.text.split_once("name=\"seen\" value=\"").expect("what was seen");
    let seen = seen.split('"').next().unwrap_or_default().to_owned();
    let blind = send(&mut house.manager, &[("do", "take")]).await;
    assert_eq!(blind.status, 200, "nothing is taken unseen");
    assert_eq!(house.app.world.count("SELECT count(*) FROM time_off").await, 0);
    for _ in 0..2 {
        let taken = send(&mut house.manager, &[("do", "take"), ("seen", &seen), ("key", "the same")]).await;
        assert_eq!(taken.status, 303, "{}", taken.text);
    }
    assert_eq!(house.app.world.count("SELECT count(*) FROM time_off").await, 1, "a double click takes one");
    let list = house.manager.open("/practice/hours").await;
    assert!(list.text.contains("Fishing"));
    let (_, id) = list
        .text
        .split_once("/practice/hours/time-off/")
        .and_then(|(_, rest)| rest.split_once("off_"))
        .expect("an absence");
    let end = format!("/practice/hours/time-off/off_{}/end", id.split('/').next().unwrap_or_default());
    assert_eq!(house.manager.send(&end, &[("practitioner", &doctor)]).await.status, 303);
    assert_eq!(house.app.world.count("SELECT count(*) FROM time_off").await, 0);
    let reversed =
        [("starts", ends.as_str()), ("ends", starts.as_str()), ("practitioner", &doctor), ("do", "look")];
    let answer = house.manager.send("/practice/hours/time-off", &reversed).await;
    assert!(answer.status == 422 && answer.text.contains(&ends), "what was typed is kept");
    house.app.close().await;
}

#[tokio::test]
async fn the_api_tells_whom_the_practice_asks_to_call_without_shame() {
    let mut house = house().await;
    let organization = house.doctor.organization.to_string();
    house.desk.open(&format!("/practice/patients/{}", house.patient)).await;
    let block = format!("/practice/patients/{}/block", house.patient);
    let empty = house.desk.send(&block, &[("organization", &organization), ("reason", " ")]).await;
    assert_eq!(empty.status, 422);
    let done = house.desk.send(&block, &[("organization", &organization), ("reason", "Missed three")]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let day = house.app.world.open_day(&house.doctor, 3, 60).await;
    let slot = house.app.world.slot(&house.doctor, day.start()).to_string();
    let body = serde_json::json!({"slot_id": slot, "patient_id": house.patient});
    let refused = house.app.patient(&house.patient).post("/v1/appointments", body.clone()).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("blocked-by-practice") && !refused.text.contains("Missed"),
        "{}",
        refused.text
    );
    house.app.desk(&organization).post("/v1/appointments", body).await.made();
    house.app.close().await;
}
