//! What holds for every practice, on every day.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rendez_domain::availability::{Busy, Slot, check, explain, opening_ranges, slots, slots_of_opening};
use rendez_vocab::TimeRange;

use crate::builders::date;
use crate::oracle;
use crate::worlds::{World, asked, world};

fn list(world: &World, claims: &[TimeRange], limit: Option<usize>) -> Vec<Slot> {
    slots(&world.schedule, asked(), world.window, world.now, claims, limit)
}

/// Every fifth minute of the window, and each start in it.
fn instants(world: &World, starts: &[Slot]) -> Vec<Timestamp> {
    let minutes = world.window.duration().as_mins();
    let every_fifth = (0..minutes).step_by(5).map(|minute| {
        world.window.start().checked_add(SignedDuration::from_mins(minute)).expect("inside the window")
    });
    every_fifth.chain(starts.iter().map(|slot| slot.start)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_list_is_what_painting_minutes_gives(world in world()) {
        let found: Vec<_> =
            list(&world, &world.claims, None).iter().map(|slot| (slot.start, slot.location)).collect();
        let painted = oracle::starts(&world.schedule, asked(), world.window, world.now, &world.claims);
        prop_assert_eq!(found, painted);
    }

    #[test]
    fn no_slot_lies_outside_of_what_is_open_or_over_a_claim(world in world()) {
        let visit_type = world.schedule.visit_type(asked()).expect("it has one");
        let found = list(&world, &world.claims, None);
        prop_assert!(found.windows(2).all(|pair| pair[0].start < pair[1].start), "in order and each once");
        for slot in found {
            let blocked = visit_type.blocked_at(slot.start).expect("a range");
            prop_assert!(!world.claims.iter().any(|claim| claim.overlaps(blocked)));
            prop_assert_eq!(visit_type.range_at(slot.start).map(TimeRange::end), Some(slot.end));
            let visit = TimeRange::new(slot.start, slot.end).expect("a visit lasts");
            let open: Vec<TimeRange> = opening_ranges(&world.schedule, visit)
                .iter()
                .filter(|open| open.location == slot.location)
                .map(|open| open.range)
                .collect();
            prop_assert_eq!(visit.minus(&open), []);
        }
    }

    #[test]
    fn a_limit_and_a_cut_window_change_nothing_but_where_the_list_ends(world in world(), limit in 0..40usize) {
        let all = list(&world, &world.claims, None);
        prop_assert_eq!(list(&world, &world.claims, Some(limit)), &all[..limit.min(all.len())]);
        if let Some(cut) = all.get(limit).map(|slot| slot.start)
            && let (Ok(before), Ok(behind)) =
                (TimeRange::new(world.window.start(), cut), TimeRange::new(cut, world.window.end()))
        {
            let part = |window| slots(&world.schedule, asked(), window, world.now, &world.claims, None);
            prop_assert_eq!([part(before), part(behind)].concat(), all);
        }
    }

    #[test]
    fn an_opening_makes_the_slots_that_it_alone_would_offer(mut world in world()) {
        world.schedule.rules.clear();
        world.schedule.openings.truncate(1);
        world.schedule.visit_types.truncate(1);
        world.schedule.visit_types[0].min_notice_minutes = 0;
        world.schedule.visit_types[0].max_horizon_days = 365;
        for opening in &world.schedule.openings {
            let now = opening.range.start();
            let offered = slots(&world.schedule, asked(), opening.range, now, &[], None);
            let admitted = opening.visit_types.is_empty() || opening.visit_types.contains(&asked());
            prop_assert_eq!(slots_of_opening(&world.schedule, opening), offered.clone());
            prop_assert!(admitted || offered.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_list_the_check_and_the_explanation_agree(world in world()) {
        let unclaimed = list(&world, &[], None);
        let offered = list(&world, &world.claims, None);
        let busy: Vec<Busy<'_>> =
            world.claims.iter().map(|range| Busy { range: *range, kind: "appointment" }).collect();
        for start in instants(&world, &unclaimed) {
            let listed = unclaimed.iter().find(|slot| slot.start == start).map(|slot| slot.location);
            let checked = check(&world.schedule, asked(), start, world.now, SignedDuration::ZERO);
            prop_assert_eq!(checked.ok().map(|offer| offer.location), listed, "{}", start);
            let verdicts = explain(&world.schedule, asked(), start, world.now, &busy, None);
            let passed = verdicts.is_some_and(|verdicts| verdicts.iter().all(|verdict| verdict.passed));
            prop_assert_eq!(passed, offered.iter().any(|slot| slot.start == start), "{}", start);
        }
    }
}

#[test]
fn the_oracle_finds_something() {
    use jiff::civil::Weekday::Sunday;

    use crate::builders::{Building, practice, range, the_visit};

    let practice = practice("Europe/Paris", 30).open(Sunday, "01:00", "04:00");
    let window = range("2026-10-24T12:00Z", "2026-10-25T12:00Z");
    let found = oracle::starts(&practice, the_visit(), window, window.start(), &[]);
    assert_eq!(found.len(), 8);
    assert_eq!(practice.locations[0].time_zone.to_datetime(found[0].0).date(), date("2026-10-25"));
}
