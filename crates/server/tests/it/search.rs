//! Finding somebody who is free.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use rendez_domain::search::feed::IndexSettings;
use serde_json::{Value, json};

use crate::app::{Setup, TestApp, until};
use crate::client::{each, list, text};
use crate::practice::{Practice, book, patient};

/// The same application twice: answering from its index, and from the database.
async fn both() -> [TestApp; 2] {
    let with = async |index| TestApp::with(Setup { index, ..Setup::default() }).await;
    [with(true).await, with(false).await]
}

/// The family names that a search finds, in order.
async fn names(app: &TestApp, query: &str) -> Vec<String> {
    let answer = app.nobody().get(format!("/v1/search?{query}")).await.ok();
    list(&answer["results"]).iter().map(|found| text(&found["practitioner"]["family_name"])).collect()
}

fn town(name: &str, latitude: f64, longitude: f64) -> Value {
    json!({
        "name": format!("Cabinet de {name}"), "city": name, "latitude": latitude, "longitude": longitude,
        "time_zone": "Europe/Paris",
    })
}

/// Three practitioners: a general practitioner in Rennes, a cardiologist in Fougères, a far one in Brest.
async fn three(app: &TestApp) -> [Practice; 3] {
    let rennes = Practice::with(app, json!({"family_name": "Guéguen"})).await;
    let fougeres = Practice::with(
        app,
        json!({
            "family_name": "Morvan", "specialty": "cardiology", "languages": ["fr", "br"], "telehealth": true,
            "accepts_new_patients": false, "location": town("Fougères", 48.3525, -1.1986),
            "visit_types": [{"name": "Video visit", "duration_minutes": 15, "telehealth": true}],
        }),
    )
    .await;
    let brest = Practice::with(
        app,
        json!({"family_name": "Kervella", "specialty": "cardiology", "location": town("Brest", 48.3904, -4.4861)}),
    )
    .await;
    for practice in [&rennes, &fougeres, &brest] {
        practice.open(app.at(3, 10, 0), 60).await;
    }
    [rennes, fougeres, brest]
}

#[tokio::test]
async fn a_search_finds_by_specialty_name_and_place() {
    for app in both().await {
        three(&app).await;
        let cases: [(&str, &[&str]); 13] = [
            ("specialty=general-practice", &["Guéguen"]),
            ("q=Gu%C3%A9gu", &["Guéguen"]),
            ("q=kervela", &["Kervella"]),
            ("q=cardiolog&place=Brest", &["Kervella"]),
            ("place=Rennes", &["Guéguen"]),
            ("place=Rennes&radius_km=60", &["Guéguen", "Morvan"]),
            ("lat=48.35&lon=-1.2&radius_km=60", &["Morvan", "Guéguen"]),
            ("language=br", &["Morvan"]),
            ("telehealth=true", &["Morvan"]),
            ("new_patients=true&specialty=cardiology", &["Kervella"]),
            ("q=nobodyofthatname", &[]),
            ("visit_minutes=60", &[]),
            ("lat=43.6&lon=1.44", &[]),
        ];
        for (query, expected) in cases {
            assert_eq!(names(&app, query).await, expected, "{query}");
        }
        app.close().await;
    }
}

#[tokio::test]
async fn a_result_carries_what_a_person_needs_to_choose() {
    for app in both().await {
        let [rennes, ..] = three(&app).await;
        let answer = app.nobody().get("/v1/search?place=Rennes&radius_km=60").await;
        assert_eq!(answer.header("cache-control"), "public, max-age=1");
        let answer = answer.ok();
        assert_eq!(answer["total"], 2);
        assert!(answer["as_of"].is_string() && answer["took_ms"].is_number());
        assert_eq!(answer["facets"]["telehealth"], 1);
        assert_eq!(answer["facets"]["new_patients"], 1);
        assert_eq!(each(&answer["facets"]["specialties"], "value").len(), 2);
        let nearest = &answer["results"][0];
        assert_eq!(nearest["practitioner"]["id"], rennes.practitioner);
        assert!(nearest["distance_km"].as_f64().is_some_and(|distance| distance < 5.0));
        assert_eq!(list(&nearest["next_slots"]).len(), 3);
        let ana = patient(&app).await;
        book(&app, &text(&nearest["next_slots"][0]["id"]), &ana).await;
        let later = app.nobody().get("/v1/search?place=Rennes").await.ok();
        assert_ne!(
            later["results"][0]["next_slots"][0], nearest["next_slots"][0],
            "what is taken is not offered"
        );
        app.close().await;
    }
}

#[tokio::test]
async fn days_and_hours_are_those_of_the_location() {
    for app in both().await {
        let practice = Practice::usual(&app).await;
        let start = app.at(4, 17, 0);
        practice.open(start, 15).await;
        let wall = start.to_zoned(TimeZone::get("Europe/Paris").expect("a zone"));
        let day = |date: &jiff::Zoned| date.strftime("%a").to_string().to_lowercase();
        let tomorrow = wall.checked_add(1.day()).expect("near");
        assert_eq!(names(&app, &format!("days={}", day(&wall))).await.len(), 1);
        assert_eq!(names(&app, &format!("days={}", day(&tomorrow))).await.len(), 0);
        let (from, until) = (wall.hour(), wall.hour() + 1);
        assert_eq!(names(&app, &format!("hours={from:02}:00-{until:02}:00")).await.len(), 1);
        assert_eq!(names(&app, "hours=08:00-12:00").await.len(), 0);
        assert_eq!(names(&app, &format!("from={}", app.at(5, 0, 0))).await.len(), 0);
        assert_eq!(names(&app, &format!("from={}&to={}", app.at(4, 0, 0), app.at(5, 0, 0))).await.len(), 1);
        app.close().await;
    }
}

#[tokio::test]
async fn pages_of_results_have_no_gap_and_no_double() {
    for app in both().await {
        for number in 0..7 {
            // Two at each place, so that the distance alone does not order them.
            let offset = f64::from(number / 2) * 0.01;
            let fields = json!({"family_name": format!("Le {number}"), "location": town("Rennes", 48.1147 + offset, -1.6794)});
            Practice::with(&app, fields).await.open(app.at(3, 10, 0), 15).await;
        }
        for limit in [1, 2, 3, 7] {
            for place in ["", "&place=Rennes"] {
                let (mut seen, mut cursor) = (Vec::new(), String::new());
                loop {
                    let path = format!("/v1/search?limit={limit}{place}{cursor}");
                    let answer = app.nobody().get(path).await.ok();
                    assert_eq!(answer["total"], 7);
                    let page = list(&answer["results"]);
                    seen.extend(page.iter().map(|found| text(&found["practitioner"]["id"])));
                    match answer.get("next_cursor") {
                        Some(next) if seen.len() < 50 => cursor = format!("&cursor={}", text(next)),
                        _ => break,
                    }
                }
                assert_eq!(seen.len(), 7, "limit {limit}{place}");
                assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "limit {limit}{place}");
            }
        }
        app.close().await;
    }
}

#[tokio::test]
async fn who_is_full_is_not_shown_and_the_answer_says_whether_it_counted_them() {
    for app in both().await {
        let practice = Practice::usual(&app).await;
        let slots = practice.open(app.at(3, 10, 0), 15).await;
        let ana = patient(&app).await;
        book(&app, &slots[0], &ana).await;
        let answer = app.nobody().get("/v1/search?specialty=general-practice").await.ok();
        assert_eq!(answer["results"], json!([]));
        let approximate = answer.get("notice").is_some_and(|notice| notice == "approximate");
        assert_eq!(answer["total"], u8::from(approximate), "the index counts who is free: {answer}");
        app.close().await;
    }
}

#[tokio::test]
async fn nothing_free_comes_with_what_comes_close() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let [rennes, fougeres, brest] = three(&app).await;
    let instead = async |query: &str| {
        let answer = app.nobody().get(format!("/v1/search?{query}")).await.ok();
        assert_eq!((&answer["results"], &answer["total"]), (&json!([]), &json!(0)), "{query}");
        let who = |kind: &str| -> Vec<String> {
            let found = list(&answer["alternatives"][kind]);
            found.iter().map(|found| text(&found["practitioner"]["id"])).collect()
        };
        [who("later"), who("farther"), who("telehealth")]
    };
    let soon = format!("place=Rennes&specialty=general-practice&to={}", app.at(2, 0, 0));
    assert_eq!(instead(&soon).await, [vec![rennes.practitioner.clone()], vec![], vec![]], "the day after");
    let [later, farther, telehealth] = instead("place=Rennes&specialty=cardiology").await;
    assert_eq!((later, farther), (vec![], vec![fougeres.practitioner.clone()]), "45 km away, not 210");
    assert_eq!(telehealth, std::slice::from_ref(&fougeres.practitioner));
    let nearby = "place=Foug%C3%A8res&radius_km=1&specialty=cardiology&new_patients=true";
    let [_, farther, _] = instead(nearby).await;
    assert_eq!(farther, std::slice::from_ref(&brest.practitioner), "the next who takes new patients");
    let found = app.nobody().get("/v1/search?place=Rennes").await.ok();
    assert!(found.get("alternatives").is_none(), "only with an empty page");
    app.close().await;
}

#[tokio::test]
async fn sectors_are_filters_and_counts() {
    for app in both().await {
        for (name, sector) in [("Un", Some("sector-1")), ("Deux", Some("sector-2")), ("Rien", None)] {
            let practice = Practice::with(&app, json!({"family_name": name, "sector": sector})).await;
            practice.open(app.at(3, 10, 0), 15).await;
        }
        assert_eq!(names(&app, "sector=sector-1").await, ["Un"]);
        let answer = app.nobody().get("/v1/search").await.ok();
        let counts = [json!({"value": "sector-1", "count": 1}), json!({"value": "sector-2", "count": 1})];
        assert_eq!(answer["facets"]["sectors"], json!(counts));
        app.close().await;
    }
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_refused() {
    for app in both().await {
        let query = "lat=100&days=someday&hours=9-10&place=Xyzzyville&language=french&telehealth=maybe&limit=0&sort=name";
        app.nobody().get(format!("/v1/search?{query}")).await.wrong_fields(&[
            "/days not-one-of",
            "/hours not-a-wall-time",
            "/language not-a-language",
            "/lat out-of-range",
            "/limit out-of-range",
            "/lon missing",
            "/place unknown-place",
            "/sort unknown-field",
            "/telehealth not-a-boolean",
        ]);
        for (query, wrong) in [
            ("specialty=alchemy", "/specialty unknown-specialty"),
            ("sector=alchemy", "/sector unknown-sector"),
            ("language=xx", "/language unknown-language"),
            ("lat=NaN&lon=1", "/lat not-a-number"),
            ("lat=1&lon=-inf", "/lon not-a-number"),
            ("place=Rennes&radius_km=0", "/radius_km out-of-range"),
            ("place=Rennes&radius_km=10000", "/radius_km out-of-range"),
            ("to=2001-01-01T00:00:00Z", "/to not-after-from"),
            ("from=2027-01-01T00:00:00Z&to=2027-06-01T00:00:00Z", "/to too-long"),
            ("to=2029-01-01T00:00:00Z", "/to too-long"),
            ("cursor=AAAA", "/cursor not-a-cursor"),
        ] {
            app.nobody().get(format!("/v1/search?{query}")).await.wrong_fields(&[wrong]);
        }
        let reversed = "/v1/search?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z";
        app.nobody().get(reversed).await.wrong_fields(&["/to not-after-from"]);
        app.close().await;
    }
}

#[tokio::test]
async fn specialties_and_towns_are_completed() {
    let app = TestApp::start().await;
    let answer = app.nobody().get("/v1/specialties").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    let specialties = answer.ok();
    assert!(each(&specialties["specialties"], "code").contains(&"cardiology".to_owned()));
    let english = app.nobody().get("/v1/specialties?locale=en").await.ok();
    assert!(each(&english["specialties"], "name").iter().any(|name| name.contains("ardiolog")));
    let places = app.nobody().get("/v1/places?q=fouger").await.ok();
    assert_eq!(each(&places["places"], "name")[0], "Fougères");
    assert!(places["places"][0]["latitude"].is_f64());
    let slipped = app.nobody().get("/v1/places?q=Fougrees").await.ok();
    assert_eq!(each(&slipped["places"], "name")[0], "Fougères");
    let by_code = app.nobody().get("/v1/places?q=35000&limit=1").await.ok();
    assert_eq!(each(&by_code["places"], "name"), ["Rennes"]);
    let here = app.nobody().get("/v1/places?lat=48.35&lon=-1.2").await.ok();
    assert_eq!(each(&here["places"], "name"), ["Fougères"]);
    app.nobody().get("/v1/places?lat=48.35").await.wrong_fields(&["/lon missing"]);
    app.nobody()
        .get("/v1/places?lat=NaN&lon=500")
        .await
        .wrong_fields(&["/lat not-a-number", "/lon out-of-range"]);
    app.close().await;
}

#[tokio::test]
async fn what_somebody_types_is_completed_by_specialties_and_people() {
    for app in both().await {
        three(&app).await;
        let typed = async |q: &str| app.nobody().get(format!("/v1/completions?locale=en&q={q}")).await.ok();
        let skin = typed("dermato").await;
        assert_eq!(each(&skin["specialties"], "name"), ["Dermatologist"]);
        let named = typed("kervel").await;
        assert_eq!(each(&named["practitioners"], "specialty"), ["Cardiologist"]);
        assert_eq!(text(&named["practitioners"][0]["city"]), "Brest");
        let nothing = app.nobody().get("/v1/completions").await.ok();
        assert_eq!((&nothing["specialties"], &nothing["practitioners"]), (&json!([]), &json!([])));
        app.nobody().get("/v1/completions?q=a&limit=21").await.wrong_fields(&["/limit out-of-range"]);
        app.close().await;
    }
}

#[tokio::test]
async fn the_answer_tells_which_town_was_understood() {
    let app = TestApp::start().await;
    let place = async |place: &str| {
        let answer = app.nobody().get(format!("/v1/search?place={place}")).await.ok();
        answer["place"].clone()
    };
    let largest = place("Saint-Denis").await;
    assert_eq!((&largest["name"], &largest["exact"]), (&json!("Saint-Denis"), &json!(true)));
    assert!(each(&largest["others"], "name").iter().all(|name| name == "Saint-Denis"));
    let codes = [vec![text(&largest["postal_code"])], each(&largest["others"], "postal_code")].concat();
    assert!(codes.contains(&"93200".to_owned()) && codes.contains(&"97400".to_owned()), "{codes:?}");
    let chosen = place("Saint-Denis%20(93200)").await;
    assert_eq!((&chosen["postal_code"], &chosen["others"]), (&json!("93200"), &json!([])));
    let guessed = place("Renes").await;
    assert_eq!(guessed["exact"], false);
    assert!(each(&guessed["others"], "name").contains(&"Rennes".to_owned()), "{guessed}");
    let by_position = app.nobody().get("/v1/search?lat=48.1&lon=-1.6").await.ok();
    assert!(by_position.get("place").is_none());

    let page = app.nobody().get("/search?place=Saint-Denis%20(93200)&lang=en").await.text;
    assert!(page.contains("near Saint-Denis (93200)") && !page.contains("Another town"), "{page}");
    let page = app.nobody().get("/search?place=Renes&lang=en").await.text;
    assert!(page.contains("Did you mean another town?") && page.contains(">Rennes (35000)</a>"), "{page}");
    app.close().await;
}

#[tokio::test]
async fn a_booking_between_two_pages_neither_repeats_nor_skips_anybody() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let mut practices = Vec::new();
    for number in 0..5 {
        let practice = Practice::with(&app, json!({"family_name": format!("Nummer {number}")})).await;
        let slots = practice.open(app.at(3, 10 + number, 0), 30).await;
        practices.push((practice.practitioner, slots));
    }
    let page = async |cursor: &str| {
        let answer = app.nobody().get(format!("/v1/search?limit=2{cursor}")).await.ok();
        let ids: Vec<String> =
            list(&answer["results"]).iter().map(|found| text(&found["practitioner"]["id"])).collect();
        (ids, answer["next_cursor"].as_str().map(str::to_owned))
    };
    let (first, next) = page("").await;
    let ana = patient(&app).await;
    // The first of those who were shown has less time now, and the next to come as well.
    book(&app, &practices[0].1[0], &ana).await;
    book(&app, &practices[2].1[0], &ana).await;
    let (second, next) = page(&format!("&cursor={}", next.expect("more"))).await;
    let (third, end) = page(&format!("&cursor={}", next.expect("more"))).await;
    assert_eq!(end, None);
    let expected: Vec<String> = practices.into_iter().map(|(practitioner, _)| practitioner).collect();
    assert_eq!([first, second, third].concat(), expected);
    app.close().await;
}

#[tokio::test]
async fn the_answer_counts_who_is_free_soon() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    for (name, days) in [("Bald", 2), ("Später", 6), ("Sehr Spät", 20)] {
        Practice::with(&app, json!({"family_name": name})).await.open(app.at(days, 10, 0), 15).await;
    }
    let within = async |query: &str| {
        app.nobody().get(format!("/v1/search?{query}")).await.ok()["facets"]["free_within"].clone()
    };
    let counts = [(1, 0), (3, 1), (7, 2), (14, 2)].map(|(days, count)| json!({"days": days, "count": count}));
    assert_eq!(within("").await, json!(counts));
    assert_eq!(within("days=mon").await, Value::Null, "only when any time will do");
    app.close().await;
}

#[tokio::test]
async fn whatever_was_committed_before_the_answers_as_of_is_in_it() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let client = app.world.database.connect().await;
    for number in 1..=3 {
        let practitioner = app.world.practitioner(Vec::new()).await;
        app.world.open_day(&practitioner, 3, 30).await;
        let committed: jiff::Timestamp =
            client.query_one("SELECT clock_timestamp()", &[]).await.expect("the time").get(0);
        until("the answer is as of a later instant", async || {
            let answer = app.nobody().get("/v1/search").await.ok();
            let as_of: jiff::Timestamp = text(&answer["as_of"]).parse().expect("an instant");
            let reached = as_of > committed;
            assert!(!reached || answer["total"] == number, "as of {as_of} after {committed}: {answer}");
            reached
        })
        .await;
    }
    app.close().await;
}

#[tokio::test]
async fn somebody_who_is_full_is_told_with_a_number_to_call() {
    for app in both().await {
        let doctor = json!({"family_name": "Guézennec", "phone": "+33299000000"});
        let doctor = Practice::with(&app, doctor).await;
        let answer = app.nobody().get("/v1/search?q=guezennec&place=Rennes").await.ok();
        assert_eq!(answer["results"], json!([]));
        let known = list(&answer["alternatives"]["without_times"]);
        assert_eq!(known.len(), 1, "{answer}");
        let who = &known[0]["practitioner"];
        assert_eq!((&who["id"], &who["phone"]), (&json!(doctor.practitioner), &json!("+33299000000")));
        assert_eq!(who["location"]["id"], doctor.location);
        assert!(known[0]["distance_km"].as_f64().is_some_and(|km| km < 5.0));
        let page = app.nobody().get("/search?q=guezennec&place=Rennes&lang=en").await.text;
        assert!(page.contains("href=\"tel:+33299000000\"") && page.contains("Call the practice"), "{page}");
        assert!(!page.contains("Nobody matches") && !page.contains("practitioners</"), "{page}");
        app.close().await;
    }
}

#[tokio::test]
async fn times_of_another_zone_say_so_and_lists_say_whose_they_are() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let far = json!({
        "name": "Cabinet", "city": "Saint-Denis", "latitude": -20.88, "longitude": 55.45, "time_zone": "Indian/Reunion",
    });
    let practice = Practice::with(&app, json!({"family_name": "Hoarau", "location": far})).await;
    practice.open(app.at(3, 10, 0), 15).await;
    let here = Practice::with(&app, json!({"family_name": "Le Bihan"})).await;
    here.open(app.at(3, 10, 0), 15).await;
    let page = async |path: &str| app.nobody().get(path).await.text;
    let far = page("/search?place=97400&lang=en").await;
    assert!(far.contains("· Reunion time</p>") && far.contains("Hoarau"), "{far}");
    assert!(far.contains("aria-labelledby=\"times-0-who times-0\"") && far.contains("id=\"times-0-who\""));
    let near = page("/search?place=Rennes&lang=en").await;
    assert!(near.contains("Le Bihan") && !near.contains("· Paris time"), "{near}");
    app.close().await;
}

#[tokio::test]
async fn a_page_with_nobody_leads_back_to_today_and_to_the_first_page() {
    for app in both().await {
        for number in 0..11 {
            let practice = Practice::with(&app, json!({"family_name": format!("Nummer {number}")})).await;
            practice.open(app.at(3, 10, 0), 15).await;
        }
        let page = async |path: &str| app.nobody().get(path).await.text;
        let first = page("/search?place=Rennes&lang=en").await;
        let after =
            first.split("after=").nth(1).and_then(|rest| rest.split('"').next()).expect("a second page");
        let second = page(&format!("/search?place=Rennes&lang=en&after={after}")).await;
        assert!(second.contains("href=\"/search?place=Rennes\" rel=\"first\""), "{second}");
        assert!(!first.contains("rel=\"first\""));
        let far = jiff::tz::TimeZone::UTC.to_datetime(app.at(100, 0, 0)).date();
        let empty = page(&format!("/search?place=Rennes&date={far}&lang=en")).await;
        assert!(empty.contains("This day lies far ahead"), "{empty}");
        assert!(empty.contains("href=\"/search?place=Rennes\">The same search from today"), "{empty}");
        app.close().await;
    }
}

#[tokio::test]
async fn an_index_that_has_not_heard_of_changes_says_so() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    practice.open(app.at(3, 10, 0), 15).await;
    let (searching, stop) = app.world.searching_process(IndexSettings::default()).await;
    stop.cancel();
    let index = searching.services.search.index.clone().expect("it searches");
    until("nobody tells the index anything", async || index.view().is_some_and(|view| view.stale)).await;
    let app = app.answering_as(searching).await;
    let answer = app.nobody().get("/v1/search").await.ok();
    assert_eq!((&answer["notice"], &answer["total"]), (&json!("stale"), &json!(1)));
    let page = app.nobody().get("/search?lang=en").await.text;
    assert!(page.contains("News is arriving late"), "{page}");
}
