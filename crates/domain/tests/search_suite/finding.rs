//! A patient looks for somebody who is free.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::booking;
use rendez_domain::directory::{
    self, NewLocation, NewPractitioner, NewVisitType, OpeningHours, Practitioner, PractitionerChange,
    WeeklyOpening,
};
use rendez_domain::idempotency::Answer;
use rendez_domain::search::{
    Ahead, Cursor, Facet, Notice, SearchRefusal, SearchRequest, SearchResults, Source, people_like, search,
};
use rendez_testkit::World;
use rendez_testkit::world::{new_practitioner, rennes};
use rendez_vocab::ids::LocationId;
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;
use tokio::time::Instant;

use crate::indexed::{has_index, with_index};

const RENNES: (f64, f64) = (48.1147, -1.6794);

fn called(family_name: &str, specialty: &str) -> NewPractitioner {
    NewPractitioner {
        family_name: family_name.into(),
        specialty: Some(specialty.into()),
        ..new_practitioner()
    }
}

/// Two empty regions: one answers from the database, one from an index.
async fn both() -> [World; 2] {
    [World::new().await, with_index(World::new().await).await]
}

/// Enters somebody who is open for half an hour in three days.
async fn enter(world: &World, new: NewPractitioner) -> Practitioner {
    let practitioner = world.enter(new).await;
    world.open_day(&practitioner, 3, 30).await;
    practitioner
}

async fn look(world: &World, request: SearchRequest) -> SearchResults {
    search(&world.ctx(Actor::Nobody), &SearchRequest { limit: 20, ..request }).await.expect("an answer")
}

/// Family names in the order of the results.
fn in_order(results: &SearchResults) -> Vec<&str> {
    results.results.iter().map(|found| found.card().expect("a card").family_name).collect()
}

fn names(results: &SearchResults) -> Vec<&str> {
    let mut names = in_order(results);
    names.sort_unstable();
    names
}

#[tokio::test]
async fn by_name_with_accents_prefixes_and_slips_of_the_finger() {
    for world in both().await {
        enter(&world, called("Guézennec", "general-practice")).await;
        enter(&world, called("Le Bihan", "cardiology")).await;
        enter(&world, called("Kermarrec", "general-practice")).await;
        let q = |typed: &str| SearchRequest { q: Some(typed.into()), ..SearchRequest::default() };
        for (typed, expected) in [
            ("Guézennec", vec!["Guézennec"]),
            ("guezennec", vec!["Guézennec"]),
            ("GUEZ", vec!["Guézennec"]),
            ("guezenec", vec!["Guézennec"]),
            ("kermarec", vec!["Kermarrec"]),
            ("hélène le bihan", vec!["Le Bihan"]),
            ("bihan", vec!["Le Bihan"]),
            ("cardiologue", vec!["Le Bihan"]),
            ("cardioloque", vec!["Le Bihan"]),
            ("cardiologist", vec!["Le Bihan"]),
            ("%", vec!["Guézennec", "Kermarrec", "Le Bihan"]),
        ] {
            assert_eq!(names(&look(&world, q(typed)).await), expected, "{typed}");
        }
        let nobody = look(&world, q("zzyzx")).await;
        assert_eq!((nobody.total, nobody.results.len()), (0, 0));
    }
}

#[tokio::test]
async fn a_specialty_holds_whatever_is_typed_beside_it() {
    for world in both().await {
        enter(&world, called("Le Bihan", "cardiology")).await;
        enter(&world, called("Le Bihan", "general-practice")).await;
        let both = SearchRequest { q: Some("le bihan".into()), ..SearchRequest::default() };
        assert_eq!(look(&world, both.clone()).await.total, 2);
        let one = look(&world, SearchRequest { specialty: Some("cardiology".into()), ..both.clone() }).await;
        assert_eq!((one.total, one.results.len()), (1, 1));
        assert_eq!(one.results[0].card().expect("a card").specialty, Some("cardiology"));
        let unknown = SearchRequest { specialty: Some("alchemy".into()), ..both };
        let refused = search(&world.admin(), &unknown).await;
        assert!(matches!(refused, Err(SearchRefusal::UnknownSpecialty)), "{refused:?}");
    }
}

#[tokio::test]
async fn by_place_nearest_first_and_no_further_than_asked() {
    for world in both().await {
        for (name, latitude, longitude) in
            [("Far", 48.6493, -2.0257), ("Near", 48.1180, -1.6700), ("Next", 48.0200, -1.7500)]
        {
            let location = NewLocation { latitude: Some(latitude), longitude: Some(longitude), ..rennes() };
            enter(&world, NewPractitioner { location: Some(location), ..called(name, "cardiology") }).await;
        }
        let nowhere = NewLocation { latitude: None, longitude: None, ..rennes() };
        enter(&world, NewPractitioner { location: Some(nowhere), ..called("Nowhere", "cardiology") }).await;
        let around = |radius_km: f64| SearchRequest {
            near: Some(RENNES),
            radius_km: Some(radius_km),
            ..SearchRequest::default()
        };
        let wide = look(&world, around(100.0)).await;
        assert_eq!(in_order(&wide), ["Near", "Next", "Far"]);
        let metres: Vec<u32> = wide.results.iter().filter_map(|found| found.metres).collect();
        assert!(metres[2].abs_diff(64_700) < 500, "Saint-Malo lies 65 km away, not {} m", metres[2]);
        assert_eq!(names(&look(&world, around(20.0)).await), ["Near", "Next"]);
        assert_eq!(names(&look(&world, around(1.0)).await), ["Near"]);
        assert_eq!(look(&world, SearchRequest::default()).await.total, 4, "without a place everybody counts");
    }
}

#[tokio::test]
async fn by_language_telehealth_and_new_patients_with_counts() {
    for world in both().await {
        let breton =
            NewPractitioner { languages: vec!["br".into(), "fr".into()], ..called("Breton", "cardiology") };
        let remote_visit = NewVisitType { telehealth: true, ..NewVisitType::default() };
        let remote = NewPractitioner {
            telehealth: true,
            visit_types: vec![remote_visit],
            ..called("Remote", "general-practice")
        };
        let full = NewPractitioner { accepts_new_patients: false, ..called("Full", "general-practice") };
        for new in [breton, remote, full] {
            enter(&world, new).await;
        }
        let all = look(&world, SearchRequest::default()).await;
        let facet = |value: &'static str, count| Facet { value: value.into(), count };
        assert_eq!(all.total, 3);
        assert_eq!(all.facets.specialties, [facet("general-practice", 2), facet("cardiology", 1)]);
        assert_eq!(all.facets.languages, [facet("fr", 3), facet("br", 1)]);
        assert_eq!((all.facets.telehealth, all.facets.new_patients), (1, 2));

        let language = SearchRequest { language: Some("br".into()), ..SearchRequest::default() };
        assert_eq!(names(&look(&world, language).await), ["Breton"]);
        let telehealth = SearchRequest { telehealth: Some(true), ..SearchRequest::default() };
        assert_eq!(names(&look(&world, telehealth).await), ["Remote"]);
        let on_the_spot = SearchRequest { telehealth: Some(false), ..SearchRequest::default() };
        assert_eq!(names(&look(&world, on_the_spot).await), ["Breton", "Full"]);
        let new = SearchRequest { new_patients: Some(true), ..SearchRequest::default() };
        assert_eq!(names(&look(&world, new).await), ["Breton", "Remote"]);
    }
}

#[tokio::test]
async fn only_who_is_free_is_shown_and_only_at_times_that_suit() {
    for world in both().await {
        let practitioner = world.practitioner(vec![]).await;
        let day = world.open_day(&practitioner, 3, 45).await;
        let paris = TimeZone::get("Europe/Paris").expect("in the zone database");
        let local = paris.to_datetime(day.start());
        let on = |days: Vec<Weekday>| SearchRequest { days, ..SearchRequest::default() };
        assert_eq!(look(&world, on(vec![local.weekday()])).await.results[0].starts.len(), 3);
        assert!(look(&world, on(vec![local.weekday().next()])).await.results.is_empty());
        let at = |from, until| SearchRequest { hours: Some((from, until)), ..SearchRequest::default() };
        let found = look(&world, at(local.time() + SignedDuration::from_mins(15), time(23, 0, 0, 0))).await;
        assert_eq!(found.results[0].starts.len(), 2, "the location's clock counts");
        assert!(look(&world, at(time(4, 0, 0, 0), time(5, 0, 0, 0))).await.results.is_empty());
        let longer = SearchRequest { visit_minutes: Some(30), ..SearchRequest::default() };
        assert!(look(&world, longer).await.results.is_empty());
        let later = SearchRequest { from: Some(day.end()), ..SearchRequest::default() };
        assert!(look(&world, later).await.results.is_empty());
        let backwards = SearchRequest {
            from: Some(day.end()),
            to: Some(day.start()),
            limit: 1,
            ..SearchRequest::default()
        };
        assert!(matches!(search(&world.admin(), &backwards).await, Err(SearchRefusal::EmptyWindow)));

        for quarter in 0..3 {
            let start = day.start() + SignedDuration::from_mins(15 * quarter);
            world.hold(world.patient().await, world.slot(&practitioner, start)).await.expect("free");
        }
        let full = look(&world, SearchRequest::default()).await;
        let counted = u32::from(!has_index(&world));
        assert_eq!((full.total, full.results.len()), (counted, 0), "full, so passed over");
        world.let_pass(SignedDuration::from_mins(31)).await;
        booking::sweep(&world.admin()).await.expect("expired holds are released");
        let again = look(&world, SearchRequest::default()).await;
        assert_eq!(again.results[0].starts.len(), 3, "expired holds block nobody");
        let left = PractitionerChange { active: Some(false), ..PractitionerChange::default() };
        directory::update_practitioner(&world.admin(), practitioner.id, None, left).await.expect("a change");
        assert_eq!(look(&world, SearchRequest::default()).await.total, 0);
        world.assert_consistent().await;
    }
}

#[tokio::test]
async fn page_by_page_without_gap_or_double() {
    for world in both().await {
        let mut expected = BTreeSet::new();
        for number in 0..23_u8 {
            // Several at the very same place, so that distance alone does not order them; and every fourth is full.
            let location = NewLocation { latitude: Some(48.10 + f64::from(number / 5) * 0.01), ..rennes() };
            let new = NewPractitioner { location: Some(location), ..called("Page", "cardiology") };
            let practitioner = world.enter(new).await;
            if number % 4 != 3 {
                world.open_day(&practitioner, 3, 30).await;
                expected.insert(practitioner.id);
            }
        }
        for near in [None, Some(RENNES)] {
            let mut seen = Vec::new();
            let mut request = SearchRequest { near, limit: 4, ..SearchRequest::default() };
            loop {
                let page = search(&world.admin(), &request).await.expect("a page");
                assert_eq!(page.total, if has_index(&world) { 18 } else { 23 });
                seen.extend(page.results.iter().map(|found| found.practitioner));
                match page.next {
                    Some(next) => request.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen.len(), expected.len(), "no double, around {near:?}");
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "no gap, around {near:?}");
        }
    }
}

/// Somebody who works in Rennes on these weekdays' mornings, and in Brest in the afternoons.
async fn at_two_places(world: &World, family_name: &str) -> (Practitioner, [LocationId; 2]) {
    let practitioner = world.enter(called(family_name, "cardiology")).await;
    let brest = NewLocation { latitude: Some(48.39), longitude: Some(-4.486), ..rennes() };
    let made =
        directory::add_location(&world.admin(), practitioner.organization, brest, |_| Value::Null).await;
    let Ok(Answer::Fresh(brest)) = made else { panic!("a second place: {made:?}") };
    let rennes = practitioner.locations[0].id;
    let rule = |location, weekday, (starts, ends)| WeeklyOpening {
        weekday,
        starts: time(starts, 0, 0, 0),
        ends: time(ends, 0, 0, 0),
        location: Some(location),
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let weekly = (0..7)
        .map(|day| Weekday::from_monday_zero_offset(day).expect("a day"))
        .flat_map(|day| [rule(rennes, day, (9, 10)), rule(brest.id, day, (14, 15))])
        .collect();
    let hours = OpeningHours { weekly, ..OpeningHours::default() };
    directory::put_opening_hours(&world.admin(), practitioner.id, None, hours).await.expect("opening hours");
    (practitioner, [rennes, brest.id])
}

#[tokio::test]
async fn whoever_works_at_two_places_is_found_at_one_with_its_times_and_distance() {
    const BREST: (f64, f64) = (48.39, -4.486);
    for world in both().await {
        let (_, [rennes, brest]) = at_two_places(&world, "Kervella").await;
        for (near, radius_km, place, hour) in [
            (RENNES, 30.0, rennes, 9),
            (BREST, 30.0, brest, 14),
            (BREST, 400.0, brest, 14),
            (RENNES, 400.0, rennes, 9),
        ] {
            let request =
                SearchRequest { near: Some(near), radius_km: Some(radius_km), ..SearchRequest::default() };
            let results = look(&world, request).await;
            assert_eq!((results.results.len(), results.total), (1, 1), "around {near:?}");
            let found = &results.results[0];
            assert_eq!((found.location, found.metres.map(|metres| metres < 1_000)), (place, Some(true)));
            let paris = TimeZone::get("Europe/Paris").expect("in the zone database");
            for start in &found.starts {
                assert_eq!(paris.to_datetime(*start).hour(), hour, "no time of the other place: {found:?}");
            }
        }
        let evening = SearchRequest {
            near: Some(RENNES),
            radius_km: Some(400.0),
            hours: Some((time(12, 0, 0, 0), time(18, 0, 0, 0))),
            ..SearchRequest::default()
        };
        let found = &look(&world, evening).await.results[0];
        assert_eq!(found.location, brest, "the nearer place has no time then");
        assert!(found.metres.is_some_and(|metres| metres.abs_diff(209_000) < 3_000), "{:?}", found.metres);
        let anywhere = look(&world, SearchRequest::default()).await;
        let hours: BTreeSet<i8> = anywhere.results[0]
            .starts
            .iter()
            .map(|start| TimeZone::get("Europe/Paris").expect("known").to_datetime(*start).hour())
            .collect();
        assert_eq!(hours.len(), 1, "without a place: the times of one, {:?}", anywhere.results[0]);
    }
}

#[tokio::test]
async fn the_coming_days_show_the_times_of_the_place_that_was_found() {
    for world in both().await {
        let (doctor, [_, brest]) = at_two_places(&world, "Kervella").await;
        let ahead = Some(Ahead { days: 4, starts: 3 });
        let near = Some((48.39, -4.486));
        let weekend = vec![Weekday::Saturday, Weekday::Sunday];
        let found = look(&world, SearchRequest { near, ahead, ..SearchRequest::default() }).await;
        let found = &found.results[0];
        assert_eq!(found.location, brest);
        if !has_index(&world) {
            assert_eq!(found.ahead, found.starts, "the database knows no more");
            continue;
        }
        let zone = TimeZone::get("Europe/Paris").expect("known");
        let mut days: Vec<(Date, Vec<Timestamp>)> = Vec::new();
        for start in &found.ahead {
            let at = zone.to_datetime(*start);
            assert_eq!(at.hour(), 14, "a time of the other place");
            match days.last_mut() {
                Some((date, starts)) if *date == at.date() => starts.push(*start),
                _ => days.push((at.date(), vec![*start])),
            }
        }
        // The first day or two are too near to be booked.
        assert!((2..=3).contains(&days.len()), "{days:?}");
        assert!(days.iter().all(|(_, starts)| starts.len() <= 3));
        let until = *found.ahead.last().expect("some") + SignedDuration::from_hours(1);
        let window = TimeRange::new(found.starts[0], until).expect("some days");
        let offered =
            booking::slots(&world.admin(), doctor.id, found.visit_type, window, None).await.expect("slots");
        for start in &found.ahead {
            assert!(offered.slots.iter().any(|slot| slot.start == *start && slot.location == brest));
        }
        let week = Some(Ahead { days: 7, starts: 1 });
        let weekend = SearchRequest { near, ahead: week, days: weekend, ..SearchRequest::default() };
        let found = look(&world, weekend).await;
        for start in &found.results[0].ahead {
            let weekday = zone.to_datetime(*start).weekday();
            assert!(matches!(weekday, Weekday::Saturday | Weekday::Sunday), "{weekday:?} was not asked for");
        }
        assert_eq!(people_like(&world.admin(), "kervela", 5).await.expect("people").len(), 1);
    }
}

#[tokio::test]
async fn a_doctor_who_is_full_is_still_somebody_to_call() {
    for world in both().await {
        let doctor = world.enter(called("Guézennec", "general-practice")).await;
        enter(&world, called("Le Bihan", "cardiology")).await;
        let q = |typed: &str| SearchRequest {
            q: Some(typed.into()),
            near: Some(RENNES),
            ..SearchRequest::default()
        };
        for typed in ["guezennec", "Guezenec"] {
            let results = look(&world, q(typed)).await;
            assert!(results.results.is_empty());
            let known = results.alternatives.expect("nothing was found").without_times;
            assert_eq!(known.len(), 1, "{typed}");
            assert_eq!(known[0].practitioner, doctor.id);
            assert_eq!(known[0].card().expect("a card").family_name, "Guézennec");
            assert_eq!(known[0].location, Some(doctor.locations[0].id));
            assert!(known[0].metres.is_some_and(|metres| metres < 100), "{known:?}");
        }
        let nobody = look(&world, q("zzyzx")).await;
        assert!(nobody.alternatives.is_some_and(|found| found.is_empty()));
        let free = look(&world, q("le bihan")).await;
        assert_eq!((free.results.len(), free.alternatives), (1, None), "whoever is free is booked");
    }
}

#[tokio::test]
async fn a_language_that_nobody_speaks_leaves_the_others_to_choose_from() {
    let world = with_index(World::new().await).await;
    enter(&world, called("Le Bihan", "cardiology")).await;
    let in_welsh = SearchRequest { language: Some("cy".into()), ..SearchRequest::default() };
    let results = look(&world, in_welsh).await;
    assert_eq!((results.total, results.results.len()), (0, 0));
    assert_eq!(results.facets.languages, [Facet { value: "fr".into(), count: 1 }]);
}

#[tokio::test]
async fn the_answer_says_when_it_looked() {
    let world = with_index(World::new().await).await;
    enter(&world, called("Le Bihan", "cardiology")).await;
    let now = world.services.clock.now();
    let day = |days: i64| now + SignedDuration::from_hours(24 * days);
    let beyond = SearchRequest { from: Some(day(10)), to: Some(day(70)), ..SearchRequest::default() };
    let results = look(&world, beyond).await;
    assert_eq!((results.notice, results.window.start()), (Some(Notice::Shortened), day(10)));
    assert!(results.window.end() < day(63) && results.window.end() > day(61), "{:?}", results.window);
    let inside = look(&world, SearchRequest { to: Some(day(20)), ..SearchRequest::default() }).await;
    assert_eq!((inside.notice, inside.window.end()), (None, day(20)));
    let far = SearchRequest { from: Some(day(63)), ..SearchRequest::default() };
    assert_eq!(look(&world, far).await.source, Source::Database, "whose times are not in the index");
    let wide = SearchRequest { to: Some(day(63)), limit: 1, ..SearchRequest::default() };
    let refused = search(&world.admin(), &wide).await;
    assert!(matches!(refused, Err(SearchRefusal::WideWindow)), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_in_time_is_no_error() {
    let world = World::new().await;
    enter(&world, called("Le Bihan", "cardiology")).await;
    let q = SearchRequest { q: Some("le bihan".into()), near: Some(RENNES), ..SearchRequest::default() };
    assert_eq!(look(&world, q.clone()).await.notice, Some(Notice::Approximate));
    let mut client = world.database.connect().await;
    let lock = client.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE practitioner").await.expect("nobody else reads it");
    let began = Instant::now();
    let results = look(&world, q.clone()).await;
    assert_eq!((results.notice, results.results.len()), (Some(Notice::Incomplete), 0));
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    lock.rollback().await.expect("it is free again");
    assert_eq!(look(&world, q).await.results.len(), 1);
}

#[tokio::test]
async fn searches_leave_bookings_their_connections() {
    let world = World::new().await;
    enter(&world, called("Le Bihan", "cardiology")).await;
    let gate = world.services.search.gates.database.clone();
    let places = u32::try_from(gate.available_permits()).expect("a few");
    assert!(places <= 4);
    let taken = gate.acquire_many(places).await.expect("open");
    let results = look(&world, SearchRequest::default()).await;
    assert_eq!((results.notice, results.results.len()), (Some(Notice::Incomplete), 0));
    assert_eq!(results.window.start(), results.as_of);
    drop(taken);
    assert_eq!(look(&world, SearchRequest::default()).await.results.len(), 1);

    // With an index the same gate holds whoever comes with a place in the database's order.
    let world = with_index(World::new().await).await;
    let somebody = enter(&world, called("Le Bihan", "cardiology")).await;
    let gate = world.services.search.gates.database.clone();
    let _taken = gate.acquire_many(places).await.expect("open");
    let forged = Cursor::Nearest { metres: -1, practitioner: somebody.id };
    let results = look(&world, SearchRequest { after: Some(forged), ..SearchRequest::default() }).await;
    assert_eq!((results.notice, results.next), (Some(Notice::Incomplete), Some(forged)));
    assert_eq!(look(&world, SearchRequest::default()).await.results.len(), 1, "the index goes on");
}

#[tokio::test]
async fn hours_between_the_index_summaries_are_asked_for_aside() {
    let world = with_index(World::new().await).await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let paris = TimeZone::get("Europe/Paris").expect("in the zone database");
    let opens = paris.to_datetime(day.start()).time();
    let request = SearchRequest {
        hours: Some((opens, opens + SignedDuration::from_mins(1))),
        near: Some(RENNES),
        ..SearchRequest::default()
    };
    let gate = world.services.search.gates.whole_index.clone();
    assert_eq!(look(&world, request.clone()).await.results[0].starts, [day.start()]);
    let _taken = gate.acquire_many(2).await.expect("open");
    let elsewhere = look(&world, request).await;
    assert_eq!(elsewhere.source, Source::Database, "whoever waits too long is answered otherwise");
    let cheap = SearchRequest { near: Some(RENNES), ..SearchRequest::default() };
    assert_eq!(look(&world, cheap).await.source, Source::Index);
}

#[tokio::test]
async fn visits_at_a_distance_say_how_far_they_are() {
    let world = with_index(World::new().await).await;
    let brest = NewLocation { latitude: Some(48.39), longitude: Some(-4.486), ..rennes() };
    let remote =
        NewPractitioner { telehealth: true, location: Some(brest), ..called("Remote", "cardiology") };
    enter(&world, remote).await;
    let near = SearchRequest { near: Some(RENNES), ..SearchRequest::default() };
    let instead = look(&world, near).await.alternatives.expect("nobody is near");
    let metres = instead.telehealth[0].metres.expect("a place was asked for");
    assert_eq!(Some(metres.abs_diff(instead.farther[0].metres.expect("likewise")) < 20), Some(true));
}
