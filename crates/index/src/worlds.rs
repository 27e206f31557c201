//! For unit tests: random practitioners, and what is free of them by plain loops.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use crate::index::Settings;
use crate::moment::{Moment, Span, Zone};
use crate::profile::{Place, Profile, Shift, VisitType};

/// A Wednesday noon.
pub(crate) const NOON: Moment = Moment::from_unix(1_774_440_000);
const DAY: u32 = 86_400;

/// Five zones: UTC, Paris before summer time, India, Nepal, and one that goes back over midnight.
pub(crate) fn settings(now: Moment) -> Settings {
    let zone = |name: &str, offsets: &[(Moment, i32)]| Zone { name: name.into(), offsets: offsets.to_vec() };
    let change = Moment::from_unix(1_774_746_000);
    let midnight = Moment::from_unix(1_774_396_800 + 4 * 86_400 + 600);
    Settings {
        zones: vec![
            Zone::utc(),
            zone("Europe/Paris", &[(Moment::MIN, 3600), (change, 7200)]),
            zone("Asia/Kolkata", &[(Moment::MIN, 19_800)]),
            zone("Asia/Kathmandu", &[(Moment::MIN, 20_700), (change, -12_600)]),
            zone("Nowhere/Back", &[(Moment::MIN, 3600), (midnight, 0)]),
        ],
        specialties: 4,
        languages: 12,
        sectors: 3,
        now,
    }
}

pub(crate) fn id(number: u32) -> PractitionerId {
    PractitionerId::from_uuid(Uuid::from_u128(u128::from(number.wrapping_mul(0x9e37_79b1)) << 64 | 7))
}

fn visit_type() -> impl Strategy<Value = VisitType> {
    let duration =
        prop_oneof![proptest::sample::select(vec![10_u16, 15, 20, 25, 30, 45, 60, 90]), 1..200_u16];
    let buffer = || prop_oneof![3 => Just(0_u16), 1 => 0..40_u16];
    let horizon = prop_oneof![2 => Just(62_u16), 1 => 0..80_u16];
    let notice = prop_oneof![1 => Just(0_u32), 1 => 0..5_000_u32];
    (any::<u32>(), duration, buffer(), buffer(), notice, horizon, any::<bool>(), any::<bool>()).prop_map(
        |(
            id,
            duration_minutes,
            before,
            after,
            min_notice_minutes,
            max_horizon_days,
            telehealth,
            known_only,
        )| {
            VisitType {
                id: VisitTypeId::from_uuid(Uuid::from_u128(u128::from(id))),
                duration_minutes,
                buffer_before_minutes: before,
                buffer_after_minutes: after,
                min_notice_minutes,
                max_horizon_days,
                telehealth,
                known_only,
            }
        },
    )
}

fn shift() -> impl Strategy<Value = Shift> {
    let span = prop_oneof![6 => 30..400_u16, 1 => Just(0_u16), 1 => 400..2_000_u16];
    let jitter = prop_oneof![4 => Just(0_u32), 1 => 0..60_u32];
    (0..62 * 24 * 4_u32, jitter, span, proptest::bool::weighted(0.2), any::<u64>()).prop_map(
        |(quarter, jitter, span_minutes, runs_on, visit_types)| Shift {
            anchor: NOON.minus(DAY).plus(quarter * 900 + jitter),
            span_minutes,
            runs_on,
            visit_types,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    let position = proptest::option::of((-90.0..=90.0_f64, -180.0..=180.0_f64));
    let closed = vec((0..4_u8, any::<proptest::sample::Index>(), 0..30_u32), 0..10);
    (any::<u32>(), position, 0..6_u8, vec(shift(), 0..14), closed).prop_map(
        |(id, position, zone, mut shifts, closed)| {
            shifts.sort_unstable_by_key(|shift| (shift.anchor, shift.span_minutes, shift.runs_on));
            let mut closed: Vec<(u8, Moment)> = match shifts.is_empty() {
                true => Vec::new(),
                false => closed
                    .into_iter()
                    .map(|(kind, shift, number)| (kind, shift.get(&shifts).anchor.plus(number * 600)))
                    .collect(),
            };
            closed.sort_unstable();
            Place {
                id: LocationId::from_uuid(Uuid::from_u128(u128::from(id))),
                position,
                zone,
                shifts,
                closed,
            }
        },
    )
}

/// Somebody with one to three places.
pub(crate) fn profile() -> impl Strategy<Value = Profile> {
    let places = prop_oneof![3 => vec(place(), 1), 1 => vec(place(), 0..4)];
    (
        0..40_u32,
        proptest::option::of(0..4_u16),
        vec(0..12_u8, 0..4),
        proptest::option::of(0..3_u8),
        (any::<bool>(), any::<bool>()),
        ("[a-z]{0,6} [a-z]{0,8}", vec(any::<u8>(), 0..40)),
        vec(visit_type(), 0..4),
        places,
    )
        .prop_map(
            |(
                number,
                specialty,
                languages,
                sector,
                (new, telehealth),
                (names, card),
                visit_types,
                places,
            )| {
                Profile {
                    practitioner: id(number),
                    specialty,
                    languages,
                    sector,
                    accepts_new_patients: new,
                    telehealth,
                    names,
                    card,
                    visit_types,
                    places,
                }
            },
        )
}

/// When somebody is busy.
pub(crate) fn busy() -> impl Strategy<Value = Vec<Span>> {
    vec(range(), 0..20)
}

/// A range of minutes to days.
pub(crate) fn range() -> impl Strategy<Value = Span> {
    let length = prop_oneof![3 => 1..200_u32, 1 => 200..5_000_u32];
    (0..62 * 1440_u32, length).prop_map(|(from, length)| {
        let start = NOON.minus(DAY).plus(from * 60);
        Span::new(start, start.plus(length * 60))
    })
}

/// The grid of a visit type at a place from a moment on, less what is closed and what touches `busy`, by plain loops.
pub(crate) fn free_starts(
    profile: &Profile,
    place: usize,
    kind: usize,
    today: Moment,
    busy: &[Span],
) -> BTreeSet<Moment> {
    let (place, visit_type) = (&profile.places[place], &profile.visit_types[kind]);
    let admitted = place.shifts.iter().filter(|shift| shift.visit_types >> kind & 1 != 0);
    admitted
        .flat_map(|shift| {
            (0..shift.starts(visit_type)).map(|number| shift.anchor.plus(number * visit_type.step()))
        })
        .filter(|start| *start >= today && !place.closed.contains(&(kind as u8, *start)))
        .filter(|start| !busy.iter().any(|range| range.overlaps(visit_type.blocked(*start))))
        .collect()
}

/// Somebody with one place who sees people every afternoon.
pub(crate) fn everyday(number: u32, specialty: u16) -> Profile {
    let kind = VisitType {
        id: VisitTypeId::from_uuid(Uuid::from_u128(1)),
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        min_notice_minutes: 60,
        max_horizon_days: 62,
        telehealth: false,
        known_only: false,
    };
    let shifts = (1..40).map(|day| Shift {
        anchor: NOON.plus(day * 86_400),
        span_minutes: 240,
        runs_on: false,
        visit_types: u64::MAX,
    });
    let place = Place {
        id: LocationId::from_uuid(Uuid::from_u128(2)),
        position: Some((48.0, 2.0)),
        zone: 0,
        shifts: shifts.collect(),
        closed: Vec::new(),
    };
    Profile {
        practitioner: id(number),
        specialty: Some(specialty),
        languages: vec![1],
        sector: None,
        accepts_new_patients: true,
        telehealth: false,
        names: format!("somebody number{number}"),
        card: vec![7; 100],
        visit_types: vec![kind],
        places: vec![place],
    }
}
