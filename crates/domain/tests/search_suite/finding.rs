//! A patient looks for somebody who is free.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use rendez_domain::booking;
use rendez_domain::directory::{
    self, NewLocation, NewPractitioner, NewVisitType, Practitioner, PractitionerChange,
};
use rendez_domain::search::{Facet, SearchRefusal, SearchRequest, SearchResults, search};
use rendez_testkit::World;
use rendez_testkit::world::{new_practitioner, rennes};
use rendez_vocab::Actor;

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
