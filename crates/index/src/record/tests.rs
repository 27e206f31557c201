//! Records against plain loops.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use proptest::prelude::*;

use crate::clock::{Clock, offsets};
use crate::hot::{Aim, BANDS, COLUMNS, THRESHOLDS};
use crate::index::Settings;
use crate::moment::{Moment, Span, Zone};
use crate::profile::Profile;
use crate::record::Record;
use crate::record::pack::Packed;
use crate::worlds::{NOON, busy, free_starts, profile, range, settings};

fn clock(settings: &Settings, zone: u8) -> Clock<'_> {
    Clock::new(offsets(&settings.zones, zone))
}

fn packed(settings: &Settings, profile: &Profile, busy: &[Span]) -> Packed {
    Packed::new(settings, profile, |visit| !busy.iter().any(|range| range.overlaps(visit.blocked)))
}

fn starts(record: &Record<'_>, visit_type: usize, span: Span) -> Vec<Moment> {
    let mut starts = Vec::new();
    record.starts(visit_type, span, |start| {
        starts.push(start);
        ControlFlow::Continue(())
    });
    starts
}

const ALWAYS: Span = Span::new(Moment::MIN, Moment::NEVER);

/// What a lane should know of time, by plain loops over everything that is free.
fn plain_times(
    settings: &Settings,
    profile: &Profile,
    record: &Record<'_>,
    now: Moment,
) -> ([Moment; COLUMNS], [[u64; BANDS]; COLUMNS]) {
    let utc = Zone::utc();
    let zone = settings.zones.get(usize::from(record.zone())).unwrap_or(&utc);
    let today = clock(settings, record.zone()).day_start(now);
    let mut first = [Moment::NEVER; COLUMNS];
    let mut days = [[0; BANDS]; COLUMNS];
    for column in 0..COLUMNS {
        let kind = profile.visit_types.iter().position(|kind| kind.duration_minutes >= THRESHOLDS[column]);
        let Some(kind) = kind else { continue };
        let offered = profile.visit_types[kind].bookable(now);
        for start in starts(record, kind, ALWAYS) {
            if offered.start <= start && start < offered.end {
                first[column] = first[column].min(start);
            }
            let (day, time) = zone.local(start);
            if start >= today {
                let band = if time < 43_200 {
                    0
                } else if time < 64_800 {
                    1
                } else {
                    2
                };
                days[column][band] |= 1 << day.rem_euclid(64);
            }
        }
    }
    (first, days)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_record_offers_what_is_on_the_grid_open_and_free(
        profile in profile(), busy in busy(), window in range(),
    ) {
        let settings = settings(NOON);
        let packed = packed(&settings, &profile, &busy);
        prop_assert_eq!(packed.records().count(), profile.places.len());
        for (number, record) in packed.records().enumerate() {
            let place = &profile.places[number];
            prop_assert_eq!(record.location(), place.id);
            prop_assert_eq!(record.zone(), place.zone);
            prop_assert_eq!(record.place_no() as usize, number);
            prop_assert_eq!(record.position().is_some(), place.position.is_some());
            prop_assert_eq!(record.len(), record.words().len());
            let today = clock(&settings, place.zone).day_start(NOON);
            for (kind, visit_type) in profile.visit_types.iter().enumerate() {
                prop_assert_eq!(record.visit_type(kind), *visit_type);
                let expected = free_starts(&profile, number, kind, today, &busy);
                prop_assert_eq!(starts(&record, kind, ALWAYS), expected.iter().copied().collect::<Vec<_>>());
                let inside: Vec<_> = expected.range(window.start..window.end).copied().collect();
                prop_assert_eq!(starts(&record, kind, window), inside);
            }
        }
    }

    #[test]
    fn packing_with_busy_ranges_is_packing_with_the_question(profile in profile(), busy in busy()) {
        let settings = settings(NOON);
        let (asked, told) = (packed(&settings, &profile, &busy), Packed::with_busy(&settings, &profile, &busy));
        prop_assert_eq!(asked.digest(), told.digest());
        for (asked, told) in asked.records().zip(told.records()) {
            for kind in 0..profile.visit_types.len() {
                prop_assert_eq!(starts(&asked, kind, ALWAYS), starts(&told, kind, ALWAYS));
            }
        }
    }

    #[test]
    fn a_lane_knows_the_first_starts_and_the_parts_of_days(
        profile in profile(), busy in busy(), later in 0..40 * 86_400_u32,
    ) {
        let settings = settings(NOON);
        for record in packed(&settings, &profile, &busy).records() {
            let now = NOON.plus(later);
            let times = record.times(&record.columns(Aim::ANYTHING), &mut clock(&settings, record.zone()), now);
            let (first, days) = plain_times(&settings, &profile, &record, now);
            prop_assert_eq!(times.first, first);
            prop_assert_eq!(times.days, days);
            prop_assert!(times.check_at > now);
        }
    }

    #[test]
    fn first_starts_stay_right_until_they_are_to_be_looked_at(
        profile in profile(), busy in busy(), share in 0.0..1.0_f64,
    ) {
        let settings = settings(NOON);
        for record in packed(&settings, &profile, &busy).records() {
            let times = record.times(&record.columns(Aim::ANYTHING), &mut clock(&settings, record.zone()), NOON);
            let ahead = times.check_at.seconds() - NOON.seconds();
            let latest = NOON.plus(ahead - 1);
            for now in [NOON.plus((f64::from(ahead - 1) * share) as u32), latest] {
                prop_assert_eq!(times.first, record.firsts(&record.columns(Aim::ANYTHING), now).0);
            }
        }
    }

    #[test]
    fn taking_leaves_what_does_not_touch_the_range(profile in profile(), busy in busy(), taken in range()) {
        let settings = settings(NOON);
        let packed = packed(&settings, &profile, &busy);
        let mut busy = busy;
        busy.push(taken);
        for (number, record) in packed.records().enumerate() {
            let before: Vec<Vec<Moment>> =
                (0..profile.visit_types.len()).map(|kind| starts(&record, kind, ALWAYS)).collect();
            let touched = record.take(taken);
            let today = clock(&settings, record.zone()).day_start(NOON);
            let mut gone = BTreeSet::new();
            for (kind, before) in before.into_iter().enumerate() {
                let left = starts(&record, kind, ALWAYS);
                let expected = free_starts(&profile, number, kind, today, &busy);
                prop_assert_eq!(&left, &expected.into_iter().collect::<Vec<_>>());
                gone.extend(before.into_iter().filter(|start| !left.contains(start)));
            }
            prop_assert_eq!(touched.map(|touched| touched.from), gone.first().copied());
            prop_assert_eq!(touched.map(|touched| touched.to), gone.last().copied());
        }
        prop_assert_eq!(packed.digest(), self::packed(&settings, &profile, &busy).digest());
    }

    #[test]
    fn refreshing_brings_back_what_is_free_again(
        profile in profile(), before in busy(), after in busy(), asked in range(),
    ) {
        let settings = settings(NOON);
        let packed = packed(&settings, &profile, &before);
        for (number, record) in packed.records().enumerate() {
            let today = clock(&settings, record.zone()).day_start(NOON);
            record.refresh(asked, today, |visit| {
                assert_eq!(usize::from(visit.place), number);
                assert!(visit.blocked.overlaps(asked) && visit.start >= today);
                !after.iter().any(|range| range.overlaps(visit.blocked))
            });
            for (kind, visit_type) in profile.visit_types.iter().enumerate() {
                let touches = |start: &Moment| visit_type.blocked(*start).overlaps(asked);
                let old = free_starts(&profile, number, kind, today, &before);
                let new = free_starts(&profile, number, kind, today, &after);
                let kept = old.into_iter().filter(|start| !touches(start));
                let expected: BTreeSet<_> = kept.chain(new.into_iter().filter(touches)).collect();
                prop_assert_eq!(starts(&record, kind, ALWAYS), expected.into_iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_digest_speaks_of_the_content_and_not_of_the_hour_or_the_order(
        profile in profile(), busy in busy(), hour in 0..12_u32, other in profile(),
    ) {
        let digest = |now, profile: &Profile, busy: &[Span]| packed(&settings(now), profile, busy).digest();
        let first = digest(NOON, &profile, &busy);
        let same_day = settings(NOON);
        let later = NOON.plus(hour * 3600);
        let stays = profile.places.iter().all(|place| {
            let start = |now| clock(&same_day, place.zone).day_start(now);
            start(NOON) == start(later)
        });
        if stays {
            prop_assert_eq!(first, digest(later, &profile, &busy));
        }
        let mut turned = profile.clone();
        turned.languages.reverse();
        turned.places.iter_mut().for_each(|place| {
            place.shifts.reverse();
            place.closed.reverse();
        });
        prop_assert_eq!(first, digest(NOON, &turned, &busy));
        if other != profile {
            prop_assert_ne!(first, digest(NOON, &other, &busy));
        }
    }

    #[test]
    fn nonsense_neither_panics_nor_goes_on_for_ever(words in proptest::collection::vec(any::<u64>(), 0..40)) {
        let words: Vec<_> = words.into_iter().map(std::sync::atomic::AtomicU64::new).collect();
        let record = Record::new(&words);
        for kind in [0, 3, 63, 200] {
            let _ = record.first_start(kind, Span::new(NOON, NOON.plus(86_400)));
            let _ = record.visit_type(kind);
        }
        let _ = (record.choose(&crate::record::Wish::default()), record.len(), record.location());
    }
}
