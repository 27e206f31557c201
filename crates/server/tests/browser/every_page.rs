//! Every page in each language, at a desk and on narrow screens, and the pages that say no.

use jiff::civil::date;
use rendez_domain::booking::{self, HoldRequest};
use rendez_domain::identity::{self, Person, Relation};
use rendez_vocab::{Actor, TimeRange};
use serde_json::json;

use crate::browser::{Browser, DESK, PHONE, SMALL_PHONE};
use crate::languages::{LANGUAGES, in_language};
use crate::rules;
use crate::stage::{PASSWORD, Stage, play};

/// Opens each path in each language, and looks at it on each screen; a page that is too wide, or that speaks two languages,
/// breaks a rule.
async fn everywhere(browser: &Browser, paths: &[String]) {
    for language in LANGUAGES {
        for path in paths {
            browser.look_at(PHONE).await;
            browser.go(&in_language(path, language)).await;
            for screen in [PHONE, SMALL_PHONE, DESK] {
                browser.look_at(screen).await;
                let shown = browser.run("return [innerWidth, document.documentElement.lang]").await;
                assert_eq!(shown, json!([screen.width, language]), "{path} is shown as it is");
                rules::judge_shape(browser).await;
            }
        }
    }
}

/// Signs in as one of the demo's people.
async fn sign_in_as(browser: &Browser, who: &str, arrived: &str) {
    browser.go("/sign-in?lang=en").await;
    browser.press(who).await;
    browser.first(arrived).await;
}

/// The first free times of the doctor.
async fn free_times(stage: &Stage) -> Vec<rendez_vocab::ids::SlotId> {
    let now = stage.world.services.clock.now();
    let window = TimeRange::new(now, now + jiff::SignedDuration::from_hours(24 * 60)).expect("two months");
    let visit_type = stage.doctor.visit_types[0].id;
    let offered = booking::slots(&stage.world.admin(), stage.doctor.id, visit_type, window, Some(20)).await;
    let slot = |start| rendez_vocab::ids::SlotId::new(stage.doctor.id, visit_type, start);
    offered.expect("slots").slots.iter().map(|offered| slot(offered.start)).collect()
}

#[tokio::test]
async fn whoever_comes_by_reads_every_page_in_their_language() {
    play(async |stage, browser| {
        let paths = [
            "/",
            "/search",
            "/search?place=Rennes&distance=100",
            "/search?q=zzzzz&place=Nowhere",
            "/search?q=dermatologue&place=Ouessant&distance=5",
            "/search?place=Rennes&date=2099-01-04",
            "/search?place=Saint-Denis",
            "/sign-in",
            "/sign-up",
            "/password/forgotten?done=sent",
            "/dev/mail",
            "/styleguide",
            "/goodbye",
            &stage.doctor_page(),
        ];
        everywhere(browser, &paths.map(str::to_owned)).await;
        for language in LANGUAGES {
            browser.open_page(&in_language("/nothing", language)).await;
            rules::forgive(browser, 404).await;
            rules::judge(browser).await;
        }
        // A rule that never finds anything proves nothing.
        browser
            .run("for (const text of ['Sign in', 'on Monday', 'agenda-undo']) document.querySelector('main').append(document.createElement('p').appendChild(new Text(text)).parentElement)")
            .await;
        let left = browser.run(crate::languages::left()).await;
        assert_eq!(left.as_array().map(Vec::len), Some(3), "{left}");
    })
    .await;
}

#[tokio::test]
async fn a_patient_reads_every_page_in_their_language() {
    play(async |stage, browser| {
        let nolwenn = stage.somebody("nolwenn@example.org").await;
        let ctx = stage.world.ctx(Actor::Patient(nolwenn));
        let slots = free_times(stage).await;
        let booked = stage.world.book(nolwenn, slots[0]).await;
        let reason = Some("x".repeat(200));
        let held = booking::hold(&ctx, HoldRequest { slot: slots[10], patient: nolwenn, reason })
            .await
            .expect("a hold");
        let lila = Person {
            given_name: "Lila".into(),
            family_name: "Tanguy".into(),
            birth_date: date(2020, 4, 5),
            relation: Relation::Child,
        };
        let lila = identity::add_person(&ctx, lila).await.expect("a daughter");
        browser.go("/sign-in").await;
        browser.write("email", "nolwenn@example.org").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("Coming up").await;
        let of = |path: &str| format!("/appointments/{}{path}", booked.id);
        let paths = [
            "/visits".to_owned(),
            of(""),
            of("/move"),
            of("/cancel"),
            format!("/appointments/{}/confirm", held.id),
            "/waiting".to_owned(),
            format!("/waiting?practitioner={}", stage.doctor.id),
            "/people".to_owned(),
            format!("/people/{lila}"),
            "/calendar".to_owned(),
            "/account".to_owned(),
            "/account/delete".to_owned(),
            stage.doctor_page(),
        ];
        everywhere(browser, &paths).await;
    })
    .await;
}

#[tokio::test]
async fn the_reception_reads_the_agenda_in_its_language() {
    play(async |stage, browser| {
        let nolwenn = stage.at_the_desk("Nolwenn").await;
        let booked = stage.world.book(nolwenn, free_times(stage).await[0]).await;
        stage.squeeze_in(nolwenn, 25).await;
        sign_in_as(browser, "The reception of the practice", ".agenda-grid").await;
        let start = stage.world.services.clock.now() + jiff::SignedDuration::from_hours(48);
        let paths = [
            "/account".to_owned(),
            "/practice/day".to_owned(),
            format!("/practice/day?practitioner={}", stage.doctor.id),
            "/practice/agenda".to_owned(),
            "/practice/agenda?hours=all".to_owned(),
            "/practice/agenda?view=week".to_owned(),
            "/practice/agenda?view=month".to_owned(),
            format!("/practice/agenda?move={}", booked.id),
            format!("/practice/book?practitioner={}&start={start}", stage.doctor.id),
            format!("/practice/visits/{}", booked.id),
            format!("/practice/visits/{}/move?practitioner={}&start={start}", booked.id, stage.doctor.id),
            format!("/appointments/{}", booked.id),
            format!("/appointments/{}/cancel", booked.id),
        ];
        everywhere(browser, &paths).await;
    })
    .await;
}

#[tokio::test]
async fn the_reception_reads_the_settings_in_its_language() {
    play(async |stage, browser| {
        let nolwenn = stage.at_the_desk("Nolwenn").await;
        stage.squeeze_in(nolwenn, 25).await;
        sign_in_as(browser, "The reception of the practice", ".agenda-grid").await;
        let visit_type = stage.doctor.visit_types[0].id;
        let paths = [
            "/practice/hours".to_owned(),
            format!("/practice/hours?practitioner={}", stage.doctor.id),
            "/practice/visit-types".to_owned(),
            format!("/practice/visit-types?practitioner={}", stage.doctor.id),
            format!("/practice/visit-types/{visit_type}?practitioner={}", stage.doctor.id),
            "/practice/patients".to_owned(),
            format!("/practice/patients/{nolwenn}"),
            "/practice/staff".to_owned(),
            "/practice/trail".to_owned(),
        ];
        everywhere(browser, &paths).await;
    })
    .await;
}

#[tokio::test]
async fn a_doctor_and_an_operator_read_their_pages_in_their_language() {
    play(async |stage, browser| {
        stage.squeeze_in(stage.at_the_desk("Nolwenn").await, 25).await;
        sign_in_as(browser, "A doctor", ".agenda-grid").await;
        let paths = ["/practice/agenda", "/practice/day", "/practice/hours", "/practice/visit-types"];
        everywhere(browser, &paths.map(str::to_owned)).await;
        browser.press_first("form[action='/sign-out'] button").await;
        browser.first(".seek").await;
        sign_in_as(browser, "Who runs this installation", ".whose-day, main").await;
        let paths = ["/practice/agenda", "/ops", "/ops/jobs?done=pause&kind=mail.confirmation"];
        everywhere(browser, &paths.map(str::to_owned)).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_says_no_says_what_to_do() {
    play(async |stage, browser| {
        browser.go("/visits").await;
        browser.find("//h1[.='Sign in']").await;
        for path in ["/nothing", "/practitioners/garbage", "/appointments/garbage.ics"] {
            browser.open_page(path).await;
            browser.find("//h1[.='Nothing is here']").await;
            rules::forgive(browser, 404).await;
            rules::judge(browser).await;
            assert!(browser.count("main a").await > 0, "{path} leads on");
        }
        browser.picture("error-404").await;
        stage.somebody("nolwenn@example.org").await;
        browser.go("/sign-in").await;
        browser.write("email", "nolwenn@example.org").await;
        browser.write("password", "not this one").await;
        browser.press_first("main form button[type=submit]").await;
        browser.find("//*[@role='alert']").await;
        rules::forgive(browser, 422).await;
        rules::judge(browser).await;
        browser.picture("sign-in-wrong").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("No visit is planned").await;
        browser.picture("no-visits").await;
        browser.open_page("/practice/day").await;
        browser.find("//h1[.='You may not see this']").await;
        rules::forgive(browser, 403).await;
        rules::judge(browser).await;
        browser.picture("error-403").await;
    })
    .await;
}
