//! Whatever happens in whatever order, at the end each index is as a new one would be.

use jiff::SignedDuration;
use jiff::civil::{Weekday, time};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rendez_domain::booking;
use rendez_domain::directory::{
    self, NewOpenings, NewRoom, NewTimeOff, NewVisitType, OpeningHours, Practitioner, PractitionerChange,
    WeeklyOpening,
};
use rendez_domain::idempotency::Answer;
use rendez_testkit::World;
use rendez_vocab::ids::{AppointmentId, PatientId, TimeOffId};
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::nodes::{Node, colleague, database_now, half_hours, later, minutes};

/// Something that somebody does. Numbers choose among what there is.
#[derive(Debug, Clone, Copy)]
enum Act {
    Hold { who: usize, patient: usize, slot: usize },
    Confirm { visit: usize },
    Cancel { visit: usize },
    Move { visit: usize, slot: usize },
    TakeTimeOff { who: usize, hours: i64, length: i64 },
    EndTimeOff { which: usize },
    Open { who: usize, day: i64, minutes: i64 },
    Hours { who: usize, weekday: i8, from: i8, length: i8 },
    Visits { who: usize, minutes: u32, buffer: u32 },
    Enter,
    SetActive { who: usize, active: bool },
    Pass { minutes: i64 },
    Sweep,
}

fn act() -> impl Strategy<Value = Act> {
    let some = 0..1_000usize;
    prop_oneof![
        8 => (some.clone(), some.clone(), 0..40usize).prop_map(|(who, patient, slot)| Act::Hold { who, patient, slot }),
        5 => some.clone().prop_map(|visit| Act::Confirm { visit }),
        3 => some.clone().prop_map(|visit| Act::Cancel { visit }),
        3 => (some.clone(), 0..40usize).prop_map(|(visit, slot)| Act::Move { visit, slot }),
        2 => (some.clone(), 0..2_000i64, 1..400i64).prop_map(|(who, hours, length)| Act::TakeTimeOff { who, hours, length }),
        1 => some.clone().prop_map(|which| Act::EndTimeOff { which }),
        2 => (some.clone(), 1..60i64, 20..600i64).prop_map(|(who, day, minutes)| Act::Open { who, day, minutes }),
        1 => (some.clone(), 1..8i8, 6..20i8, 1..6i8).prop_map(|(who, weekday, from, length)| Act::Hours { who, weekday, from, length }),
        1 => (some.clone(), 5..90u32, 0..20u32).prop_map(|(who, minutes, buffer)| Act::Visits { who, minutes, buffer }),
        1 => Just(Act::Enter),
        1 => (some, any::<bool>()).prop_map(|(who, active)| Act::SetActive { who, active }),
        1 => (1..50i64).prop_map(|minutes| Act::Pass { minutes }),
        1 => Just(Act::Sweep),
    ]
}

/// What the acts choose from.
struct Town {
    patients: Vec<PatientId>,
    people: Vec<Practitioner>,
    visits: Vec<(PatientId, AppointmentId)>,
    away: Vec<(usize, TimeOffId)>,
}

/// Acts at one of the processes. Refusals are part of life.
async fn perform(world: &World, town: &mut Town, act: Act) {
    let person = |who: usize| &town.people[who % town.people.len()];
    let admin = world.admin();
    match act {
        Act::Hold { who, patient, slot } => {
            let (person, patient) = (person(who), town.patients[patient % town.patients.len()]);
            if let Some(slot) = offered(world, person, slot).await
                && let Ok(held) = world.hold(patient, slot).await
            {
                town.visits.push((patient, held.id));
            }
        }
        Act::Confirm { visit } => {
            if let Some((patient, id)) = pick(&town.visits, visit) {
                let _ = booking::confirm(&world.ctx(Actor::Patient(patient)), id, None, None).await;
            }
        }
        Act::Cancel { visit } => {
            if let Some((patient, id)) = pick(&town.visits, visit) {
                let _ = booking::cancel(&world.ctx(Actor::Patient(patient)), id, None, None).await;
            }
        }
        Act::Move { visit, slot } => {
            if let Some((patient, id)) = pick(&town.visits, visit)
                && let Some(slot) = offered(world, person(visit), slot).await
            {
                let _ = booking::reschedule(&world.ctx(Actor::Patient(patient)), id, None, slot).await;
            }
        }
        Act::TakeTimeOff { who, hours, length } => {
            let start = later(database_now(world).await, SignedDuration::from_hours(hours));
            let range =
                TimeRange::new(start, later(start, SignedDuration::from_hours(length))).expect("a range");
            let id = person(who).id;
            let new = NewTimeOff { range, reason: None };
            if let Ok(Answer::Fresh(taken)) = directory::take_time_off(&admin, id, new, |_| Value::Null).await
            {
                town.away.push((who, taken.time_off.id));
            }
        }
        Act::EndTimeOff { which } => {
            if let Some((who, id)) = pick(&town.away, which) {
                let _ = directory::end_time_off(&admin, person(who).id, id).await;
            }
        }
        Act::Open { who, day, minutes: length } => {
            let start = later(database_now(world).await, SignedDuration::from_hours(24 * day));
            let range = TimeRange::new(start, later(start, minutes(length))).expect("a range");
            let new = NewOpenings { ranges: vec![range], visit_types: Vec::new(), location: None };
            let _ = directory::open(&admin, person(who).id, new, |_| Value::Null).await;
        }
        Act::Hours { who, weekday, from, length } => {
            let rule = WeeklyOpening {
                weekday: Weekday::from_monday_one_offset(weekday).expect("a weekday"),
                starts: time(from, 0, 0, 0),
                ends: time((from + length) % 24, 30, 0, 0),
                location: None,
                visit_types: Vec::new(),
                valid_from: None,
                valid_until: None,
                every_weeks: 1,
            };
            let hours = OpeningHours { weekly: vec![rule], ..OpeningHours::default() };
            let _ = directory::put_opening_hours(&admin, person(who).id, None, hours).await;
        }
        Act::Visits { who, minutes, buffer } => {
            let person = person(who);
            let new = NewVisitType {
                duration_minutes: minutes as _,
                buffer_after_minutes: buffer as _,
                min_notice_minutes: 0,
                room_kind: person.visit_types.first().and_then(|first| first.room_kind.clone()),
                ..NewVisitType::default()
            };
            let first = person.visit_types.first().map(|known| known.id);
            let which = first.filter(|_| minutes % 2 == 0);
            let _ = directory::visit_type_change(&admin, person.id, which, None, new, |_| Value::Null).await;
        }
        Act::Enter => town.people.push(world.practitioner(half_hours()).await),
        Act::SetActive { who, active } => {
            let change = PractitionerChange { active: Some(active), ..PractitionerChange::default() };
            let _ = directory::update_practitioner(&admin, person(who).id, None, change).await;
        }
        Act::Pass { minutes: count } => world.let_pass(minutes(count)).await,
        Act::Sweep => {
            booking::sweep(&admin).await.expect("a sweep");
        }
    }
}

fn pick<T: Copy>(items: &[T], number: usize) -> Option<T> {
    items.get(number % items.len().max(1)).copied()
}

/// A slot that the practitioner offers now, if there is one.
async fn offered(world: &World, person: &Practitioner, number: usize) -> Option<rendez_vocab::ids::SlotId> {
    let now = database_now(world).await;
    let window = TimeRange::new(now, later(now, SignedDuration::from_hours(24 * 60))).expect("a range");
    let visit_type = person.visit_types.first()?.id;
    let slots = booking::slots(&world.admin(), person.id, visit_type, window, Some(40)).await.ok()?.slots;
    let slot = slots.get(number % slots.len().max(1))?;
    Some(rendez_vocab::ids::SlotId::new(person.id, slot.visit_type, slot.start))
}

/// Three who work at one place with one room, which they need, open at the same time.
async fn sharing_a_room(world: &World) -> Vec<Practitioner> {
    let echo = || {
        vec![NewVisitType { room_kind: Some("echo".into()), duration_minutes: 30, ..NewVisitType::default() }]
    };
    let one = world.practitioner(echo()).await;
    let place = one.locations[0].id;
    let room = NewRoom { kind: "echo".into(), name: "Salle 1".into() };
    directory::add_room(&world.admin(), place, room, |_| Value::Null).await.expect("a room");
    let day = world.open_day(&one, 4, 480).await;
    let mut people = vec![one];
    for _ in 0..2 {
        let another = colleague(world, &people[0], echo()).await;
        let new = NewOpenings { ranges: vec![day], visit_types: Vec::new(), location: Some(place) };
        directory::open(&world.admin(), another.id, new, |_| Value::Null).await.expect("an opening");
        people.push(another);
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_any_history_each_index_is_as_a_new_one_would_be() {
    let acts_at_a_time = 60;
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let world = World::new().await;
    let nodes = [Node::of(&world).await, Node::of(&world).await];
    let mut town = Town { patients: Vec::new(), people: Vec::new(), visits: Vec::new(), away: Vec::new() };
    for _ in 0..6 {
        town.patients.push(world.patient().await);
        let person = world.practitioner(half_hours()).await;
        world.open_day(&person, 3, 480).await;
        town.people.push(person);
    }
    town.people.extend(sharing_a_room(&world).await);
    for _ in 0..5 {
        for number in 0..acts_at_a_time {
            let act = act().new_tree(&mut runner).expect("an act").current();
            perform(&nodes[number % 2].world, &mut town, act).await;
        }
        for node in &nodes {
            node.settle().await;
            let report = node.check().await;
            assert_eq!((report.differing, report.missing, report.left_over), (0, 0, 0), "{report:?}");
        }
    }
}
