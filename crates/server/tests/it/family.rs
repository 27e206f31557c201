//! What a refusal offers instead, and the calendar's address as programs ask for it.

use crate::app::TestApp;
use crate::pages::{Browser, signed_in};
use crate::practice::Practice;

async fn add_lila(browser: &mut Browser) {
    browser.open("/people").await;
    let lila = [
        ("given_name", "Lila"),
        ("family_name", "Le Bris"),
        ("birth_date", "2020-05-04"),
        ("relation", "child"),
        ("declared", "yes"),
    ];
    let added = browser.send("/people", &lila).await;
    assert_eq!((added.status, added.header("location")), (303, "/people?done=added"), "{}", added.text);
}

#[tokio::test]
async fn who_cannot_have_a_time_is_offered_it_for_somebody_else() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let other = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let same = other.open(app.at(3, 10, 0), 60).await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    add_lila(&mut ben).await;
    ben.open("/visits?lang=en").await;
    let held = ben.send("/hold", &[("slot", &slots[0])]).await;
    let confirm = held.header("location").to_owned();
    ben.open(&confirm).await;
    assert_eq!(ben.send(&confirm, &[]).await.status, 303);

    ben.open("/visits").await;
    let refused = ben.send("/hold", &[("slot", &same[0])]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("You have another visit at that time"), "{}", refused.text);
    let offers =
        |answer: &str, slot: &str| answer.contains(&format!("name=\"slot\" value=\"{slot}\" aria-label"));
    assert!(offers(&refused.text, &same[1]) && !offers(&refused.text, &same[0]), "{}", refused.text);
    let bens = format!("href=\"{}\"", confirm.trim_end_matches("/confirm"));
    assert!(refused.text.contains(&bens), "the visit in the way is named: {}", refused.text);
    let lila = refused.text.split("name=\"for\" value=\"").nth(1).expect("a button for Lila");
    let lila = lila.split('"').next().expect("an id").to_owned();
    let taken = ben.send("/hold", &[("slot", &same[0]), ("for", &lila)]).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let page = taken.header("location").to_owned();
    let shown = ben.open(&page).await;
    assert!(shown.text.contains(&format!("value=\"{lila}\" checked")), "{}", shown.text);

    // Lila may have it, Ben may not: the page says so where the person is chosen, and keeps what was typed.
    let me = shown.text.split("name=\"for\" value=\"").nth(1).expect("the first choice");
    let me = me.split('"').next().expect("an id").to_owned();
    let wrong = ben.send(&page, &[("for", &me), ("reason", "A cough")]).await;
    assert_eq!(wrong.status, 409);
    assert!(wrong.text.contains("whom-note") && wrong.text.contains("A cough"), "{}", wrong.text);
    let booked = ben.send(&page, &[("for", &lila), ("reason", "A cough")]).await;
    assert_eq!(booked.status, 303, "{}", booked.text);
    let list = ben.open("/visits").await;
    assert!(list.text.contains("For Lila Le Bris"), "{}", list.text);

    // Lila's next visit is in the way of moving this one; Ben's own is not, nor is the one that is moved.
    let second = ben.send("/hold", &[("slot", &slots[1]), ("for", &lila)]).await;
    let second = second.header("location").to_owned();
    ben.open(&second).await;
    assert_eq!(ben.send(&second, &[("for", &lila)]).await.status, 303);
    let moving = page.trim_end_matches("/confirm").to_owned();
    let moves = format!("{moving}/move");
    let shown = ben.open(&moves).await;
    let soon = shown.text.split("class=\"week\"").next().expect("what stands above the week");
    assert!(offers(soon, &same[2]) && !offers(soon, &same[1]), "{soon}");
    let refused = ben.send(&moves, &[("slot", &same[1])]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let hers = format!("href=\"{}\"", second.trim_end_matches("/confirm"));
    assert!(refused.text.contains(&hers), "{}", refused.text);
    assert!(!refused.text.contains(&bens) && !refused.text.contains(&format!("href=\"{moving}\"")));
    assert!(offers(&refused.text, &same[2]) && !offers(&refused.text, &same[1]), "{}", refused.text);
    app.close().await;
}

#[tokio::test]
async fn somebody_elses_people_are_nobodys() {
    let app = TestApp::start().await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    add_lila(&mut ben).await;
    let list = ben.open("/people").await;
    let page = list.text.split("href=\"/people/").nth(1).expect("a link").split('"').next().expect("an id");
    let page = format!("/people/{page}");
    assert_eq!(ben.open(&page).await.status, 200);
    let mut clara = signed_in(&app, "clara@example.org").await;
    assert_eq!(clara.open(&page).await.status, 404);
    clara.open("/people").await;
    let correct =
        [("given_name", "Lola"), ("family_name", "X"), ("birth_date", "2020-05-04"), ("relation", "child")];
    assert_eq!(clara.send(&page, &correct).await.status, 404);
    assert_eq!(clara.send(&format!("{page}/end"), &[]).await.status, 404);
    for garbage in ["/people/garbage", "/people/pat_01h2xcejqtf2nbrexx3vqjhp41"] {
        assert_eq!(clara.open(garbage).await.status, 404, "{garbage}");
    }
    clara.open("/people").await;
    let wrong = clara.send("/people", &[("given_name", "Zoé"), ("birth_date", "soon")]).await;
    assert_eq!(wrong.status, 422);
    for mark in ["family_name-note", "birth_date-note", "relation-note", "declared-note", "value=\"Zoé\""] {
        assert!(wrong.text.contains(mark), "{mark} in {}", wrong.text);
    }
    let twins = [
        ("given_name", "Zoé"),
        ("family_name", "Le Bris"),
        ("birth_date", "2021-05-04"),
        ("relation", "ward"),
        ("declared", "yes"),
    ];
    assert_eq!(clara.send("/people", &twins).await.status, 303);
    assert_eq!(clara.send("/people", &twins).await.status, 303, "a double click");
    assert_eq!(app.world.count("SELECT count(*) FROM care").await, 2, "Lila and one Zoé");
    app.close().await;
}

#[tokio::test]
async fn a_moved_visit_can_be_moved_back_with_one_press() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    ben.open("/visits?lang=en").await;
    let confirm = ben.send("/hold", &[("slot", &slots[0])]).await.header("location").to_owned();
    ben.open(&confirm).await;
    ben.send(&confirm, &[]).await;
    let moving = format!("{}/move", confirm.trim_end_matches("/confirm"));
    let shown = ben.open(&moving).await;
    assert!(shown.text.contains("Next free times"), "{}", shown.text);
    let moved = ben.send(&moving, &[("slot", &slots[2])]).await;
    let page = ben.open(moved.header("location")).await;
    assert!(page.text.contains(&format!("value=\"{}\">Undo", slots[0])), "{}", page.text);
    let back = ben.send(&moving, &[("slot", &slots[0])]).await;
    assert_eq!(back.status, 303);
    let visits = app.world.count("SELECT version FROM appointment WHERE status = 'booked'").await;
    assert_eq!(visits, 4, "held, booked, moved, moved back");
    for garbage in ["?done=moved&back=garbage", "?done=moved&back=", "?done=%F0&back=slot_x"] {
        assert_eq!(ben.open(&format!("{}{garbage}", moving.trim_end_matches("/move"))).await.status, 200);
    }
    app.close().await;
}

#[tokio::test]
async fn a_calendar_program_asks_with_what_it_knows() {
    let app = TestApp::start().await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    ben.open("/calendar").await;
    let made = ben.send("/calendar", &[("do", "renew")]).await;
    assert_eq!(made.status, 200);
    let path = made.text.split("/v1/calendars/").nth(1).expect("an address").split('"').next().expect("it");
    let path = format!("/v1/calendars/{path}");
    let again = ben.open("/calendar").await;
    assert!(!again.text.contains("/v1/calendars/"), "it is shown once: {}", again.text);

    let first = app.nobody().get(&path).await;
    assert_eq!((first.status, first.header("content-type")), (200, "text/calendar; charset=utf-8"));
    let tag = first.header("etag").to_owned();
    let known = app.nobody().get(&path).header("if-none-match", &tag).await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
    for wrong in ["/v1/calendars/x.ics", path.trim_end_matches(".ics"), "/v1/calendars/.ics"] {
        assert_eq!(app.nobody().get(wrong).await.status, 404, "{wrong}");
    }
    assert!(!app.admin().get("/metrics").await.text.contains(path.trim_end_matches(".ics")));
    let ended = ben.send("/calendar", &[("do", "end")]).await;
    assert_eq!(ended.status, 303);
    assert_eq!(app.nobody().get(&path).await.status, 404);
    app.close().await;
}

#[tokio::test]
async fn who_comes_too_late_is_shown_what_is_free_now() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let mut ben = signed_in(&app, "ben@example.org").await;
    let confirm = ben.send("/hold", &[("slot", &slots[0])]).await.header("location").to_owned();
    let page = confirm.trim_end_matches("/confirm").to_owned();
    ben.open(&confirm).await;
    assert_eq!(ben.send(&format!("{page}/stay"), &[]).await.status, 204);
    assert_eq!(ben.send(&format!("{page}/leave"), &[]).await.status, 204);
    app.world.let_pass(jiff::SignedDuration::from_mins(3)).await;
    assert_eq!(ben.send(&format!("{page}/stay"), &[]).await.status, 410, "left for too long");
    for late in [ben.send(&confirm, &[]).await, ben.open(&confirm).await] {
        assert_eq!(late.status, 410);
        assert!(late.text.contains(&format!("value=\"{}\"", slots[1])), "{}", late.text);
    }
    let taken = ben.send("/hold", &[("slot", &slots[1])]).await;
    assert!(taken.header("location").ends_with("/confirm"), "{}", taken.text);
    app.close().await;
}
