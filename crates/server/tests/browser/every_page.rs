//! Every page on narrow screens, and the pages that say no.

use rendez_domain::booking::{self, HoldRequest};
use rendez_vocab::{Actor, TimeRange};

use crate::browser::{Browser, DESK, PHONE, SMALL_PHONE};
use crate::rules;
use crate::stage::{PASSWORD, Stage, play};

/// Opens each path on each narrow screen; a page that is too wide breaks a rule.
async fn on_narrow_screens(browser: &Browser, paths: &[String]) {
    for screen in [PHONE, SMALL_PHONE] {
        browser.look_at(screen).await;
        for path in paths {
            browser.go(path).await;
            let width = browser.run("return innerWidth").await;
            assert_eq!(width, screen.width, "{path} is shown as it is");
        }
    }
    browser.look_at(DESK).await;
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
async fn no_page_scrolls_sideways_on_a_phone() {
    play(async |stage, browser| {
        let public = [
            "/",
            "/search",
            "/search?q=zzzzz&place=Nowhere",
            "/sign-in",
            "/sign-up",
            "/password/forgotten?done=sent",
            "/dev/mail",
        ];
        let mut paths: Vec<String> = public.map(str::to_owned).to_vec();
        paths.push(stage.doctor_page());
        paths.extend(
            paths
                .clone()
                .iter()
                .map(|path| format!("{path}{}lang=fr", if path.contains('?') { '&' } else { '?' })),
        );
        on_narrow_screens(browser, &paths).await;

        let nolwenn = stage.somebody("nolwenn@example.org").await;
        let slots = free_times(stage).await;
        let booked = stage.world.book(nolwenn, slots[0]).await;
        let ctx = stage.world.ctx(Actor::Patient(nolwenn));
        let reason = Some("x".repeat(200));
        let held = booking::hold(&ctx, HoldRequest { slot: slots[10], patient: nolwenn, reason })
            .await
            .expect("a hold");
        browser.go("/sign-in?lang=fr").await;
        browser.write("email", "nolwenn@example.org").await;
        browser.write("password", PASSWORD).await;
        browser.press_first("main form button[type=submit]").await;
        browser.see("À venir").await;
        let of = |path: &str| format!("/appointments/{}{path}", booked.id);
        let paths = [
            "/visits".to_owned(),
            of(""),
            of("/move"),
            of("/cancel"),
            format!("/appointments/{}/confirm", held.id),
            "/people".to_owned(),
            "/calendar".to_owned(),
            "/account".to_owned(),
            "/account/delete".to_owned(),
            stage.doctor_page(),
        ];
        on_narrow_screens(browser, &paths).await;
        browser.press("Se déconnecter").await;
        browser.see("Souvent recherchés").await;

        stage.squeeze_in(nolwenn, 25).await;
        browser.go("/sign-in").await;
        browser.press("L’accueil du cabinet").await;
        browser.first(".agenda-grid").await;
        let start = stage.world.services.clock.now() + jiff::SignedDuration::from_hours(48);
        let paths = [
            "/account".to_owned(),
            "/practice/day".to_owned(),
            "/practice/agenda".to_owned(),
            "/practice/agenda?view=week".to_owned(),
            "/practice/agenda?view=month".to_owned(),
            format!("/practice/book?practitioner={}&start={start}", stage.doctor.id),
            format!("/practice/visits/{}", booked.id),
            format!("/practice/visits/{}/move?practitioner={}&start={start}", booked.id, stage.doctor.id),
            of(""),
            of("/cancel"),
        ];
        on_narrow_screens(browser, &paths).await;
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
