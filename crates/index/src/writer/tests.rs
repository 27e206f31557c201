//! The index under random changes: what lanes, records and digests say equals what packing anew would say.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use rendez_vocab::ids::PractitionerId;

use crate::clock::{Clock, offsets};
use crate::core::Core;
use crate::hot::COLUMNS;
use crate::index::{Applied, Index, Stamp};
use crate::moment::{Moment, Span, Zone};
use crate::profile::{Profile, Visit};
use crate::reader::Reader;
use crate::worlds::{NOON, busy, everyday, free_starts, id, profile, range, settings};
use crate::{Builder, Packed};

mod beside;

#[derive(Debug, Clone)]
enum Change {
    Put(Box<Profile>, Vec<Span>),
    Repack(u32, Vec<Span>),
    Remove(u32),
    Take(u32, Span),
    Refresh(u32, Span, Vec<Span>),
    Advance(u32),
    Rebuild,
    Reload,
}

fn change() -> impl Strategy<Value = Change> {
    let number = || 0..40_u32;
    prop_oneof![
        3 => (profile(), busy()).prop_map(|(profile, busy)| Change::Put(Box::new(profile), busy)),
        2 => (number(), busy()).prop_map(|(number, busy)| Change::Repack(number, busy)),
        1 => number().prop_map(Change::Remove),
        8 => (number(), range()).prop_map(|(number, range)| Change::Take(number, range)),
        6 => (number(), range(), busy()).prop_map(|(number, range, busy)| Change::Refresh(number, range, busy)),
        2 => prop_oneof![1..4_000_u32, 4_000..400_000_u32].prop_map(Change::Advance),
        1 => Just(Change::Rebuild),
        1 => Just(Change::Reload),
    ]
}

/// Somebody as the test knows them: what is free, by plain loops.
struct Known {
    profile: Profile,
    packed_at: Moment,
    free: Vec<Vec<std::collections::BTreeSet<Moment>>>,
}

impl Known {
    fn new(profile: Profile, busy: &[Span], now: Moment) -> Self {
        let settings = settings(now);
        let today =
            |place: usize| Clock::new(offsets(&settings.zones, profile.places[place].zone)).day_start(now);
        let free = (0..profile.places.len())
            .map(|place| {
                let kinds = 0..profile.visit_types.len();
                kinds.map(|kind| free_starts(&profile, place, kind, today(place), busy)).collect()
            })
            .collect();
        Self { profile, packed_at: now, free }
    }

    fn is_free(&self, visit: &Visit) -> bool {
        self.free[usize::from(visit.place)][usize::from(visit.visit_type)].contains(&visit.start)
    }

    fn packed(&self, now: Moment) -> Packed {
        Packed::new(&settings(now), &self.profile, |visit| self.is_free(visit))
    }
}

/// An index and what is known of it.
struct World {
    index: Arc<Index>,
    known: BTreeMap<PractitionerId, Known>,
    now: Moment,
}

impl World {
    fn new(people: Vec<(Profile, Vec<Span>)>) -> Self {
        let mut builder = Builder::new(settings(NOON));
        let mut known = BTreeMap::new();
        for (profile, busy) in people {
            let somebody = Known::new(profile, &busy, NOON);
            builder.add(somebody.packed(NOON));
            known.insert(somebody.profile.practitioner, somebody);
        }
        Self { index: Arc::new(builder.finish()), known, now: NOON }
    }

    fn put(&mut self, profile: Profile, busy: &[Span]) {
        let somebody = Known::new(profile, busy, self.now);
        let before = self.index.stamp(somebody.profile.practitioner);
        let packed = somebody.packed(self.now);
        assert_eq!(self.index.put(packed, Some(Some(Stamp(u32::MAX)))), Applied::Overtaken);
        assert_eq!(self.index.put(somebody.packed(self.now), Some(before)), Applied::Done);
        assert_ne!(self.index.stamp(somebody.profile.practitioner), before);
        self.known.insert(somebody.profile.practitioner, somebody);
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Put(profile, busy) => self.put(*profile, &busy),
            Change::Repack(number, busy) => {
                if let Some(known) = self.known.get(&id(number)) {
                    self.put(known.profile.clone(), &busy);
                }
            }
            Change::Remove(number) => {
                let expected = self.known.remove(&id(number)).map_or(Applied::Unknown, |_| Applied::Done);
                assert_eq!(self.index.remove(id(number)), expected);
                assert_eq!(self.index.stamp(id(number)), None);
            }
            Change::Take(number, range) => self.take(id(number), range),
            Change::Refresh(number, range, busy) => self.refresh(id(number), range, &busy),
            Change::Advance(seconds) => {
                self.now = self.now.plus(seconds);
                self.index.advance(self.now);
                self.index.advance(NOON);
                assert_eq!(self.index.settings().now, self.now);
            }
            Change::Rebuild => {
                let stamps = self.stamps();
                self.index.rebuild();
                assert_eq!(stamps, self.stamps());
                assert!(!self.index.wants_rebuild());
            }
            Change::Reload => {
                let mut file = Vec::new();
                self.index.write_to(&mut file, b"position 7").expect("a vector takes everything");
                let (index, note) = Index::read_from(&mut file.as_slice()).expect("what was written");
                assert_eq!(note, b"position 7");
                assert_eq!(index.settings(), self.index.settings());
                self.index = Arc::new(index);
            }
        }
    }

    fn stamps(&self) -> Vec<Option<Stamp>> {
        self.known.keys().map(|id| self.index.stamp(*id)).collect()
    }

    fn take(&mut self, id: PractitionerId, range: Span) {
        let before = self.index.stamp(id);
        let Some(known) = self.known.get_mut(&id) else {
            assert_eq!(self.index.take(id, range), Applied::Unknown);
            return;
        };
        assert_eq!(self.index.take(id, range), Applied::Done);
        assert_ne!(self.index.stamp(id), before);
        for free in &mut known.free {
            for (kind, free) in known.profile.visit_types.iter().zip(free) {
                free.retain(|start| !kind.blocked(*start).overlaps(range));
            }
        }
    }

    fn refresh(&mut self, id: PractitionerId, range: Span, busy: &[Span]) {
        let Some(known) = self.known.get_mut(&id) else { return };
        let stamp = self.index.stamp(id);
        let new = Known::new(known.profile.clone(), busy, self.now);
        let late = self.index.refresh(id, range, Some(Stamp(u32::MAX)), |_| unreachable!("overtaken"));
        assert_eq!(late, Applied::Overtaken);
        assert_eq!(self.index.refresh(id, range, stamp, |visit| new.is_free(visit)), Applied::Done);
        let settings = settings(self.now);
        for (place, (old, new)) in known.free.iter_mut().zip(new.free).enumerate() {
            let zone = offsets(&settings.zones, known.profile.places[place].zone);
            let today = Clock::new(zone).day_start(self.now);
            for (kind, (old, new)) in known.profile.visit_types.iter().zip(old.iter_mut().zip(new)) {
                let touches = |start: &Moment| *start >= today && kind.blocked(*start).overlaps(range);
                old.retain(|start| !touches(start));
                old.extend(new.into_iter().filter(touches));
            }
        }
    }

    /// Compares everything with everything.
    fn check(&self) {
        let mut everybody = self.index.practitioners();
        everybody.sort_unstable();
        assert_eq!(everybody, self.known.keys().copied().collect::<Vec<_>>());
        let reader = self.index.reader();
        let core = core(&reader);
        let size = self.index.size();
        assert_eq!(size.practitioners, self.known.len());
        assert_eq!(size.lanes, self.known.values().map(|known| known.profile.places.len()).sum::<usize>());
        let lanes = (core.hot.blocks() * crate::hot::LANES) as u32;
        let mut seen: Vec<u32> = (0..lanes).filter(|lane| core.hot.is_active(*lane)).collect();
        let person_of: BTreeMap<PractitionerId, u32> =
            (0..core.people.len()).map(|person| (core.people.practitioner(person), person)).collect();
        for (id, known) in &self.known {
            let person = person_of[id];
            assert_eq!(reader.card(person), known.profile.card);
            assert_eq!(core.people.words(person).names, known.profile.names);
            let lanes: Vec<u32> = core.people.lanes(person).collect();
            assert_eq!(lanes.len(), known.profile.places.len());
            for (place, main) in lanes.into_iter().enumerate() {
                let mut aims = 0;
                for lane in core.hot.at_place(main) {
                    self.check_lane(core, known, place, lane, person);
                    assert_eq!(aims & core.hot.aims(lane), 0);
                    aims |= core.hot.aims(lane);
                    assert_eq!(
                        core.hot.earlier(lane).chain(core.hot.later(lane)).count() + 1,
                        known.profile.places.len()
                    );
                    seen.retain(|other| *other != lane);
                }
                assert_eq!(aims, crate::hot::Aim::ALL);
            }
            self.check_digest(*id, known);
        }
        assert!(seen.is_empty(), "{seen:?} are nobody's");
    }

    fn check_lane(&self, core: &Core, known: &Known, place: usize, lane: u32, person: u32) {
        assert!(core.hot.is_active(lane));
        assert_eq!(core.hot.person(lane), person);
        assert_eq!(core.hot.zone(lane), known.profile.places[place].zone);
        core.read(lane, |record| {
            assert_eq!(record.location(), known.profile.places[place].id);
            for (kind, free) in known.free[place].iter().enumerate() {
                let mut found = Vec::new();
                record.starts(kind, Span::new(Moment::MIN, Moment::NEVER), |start| {
                    found.push(start);
                    ControlFlow::Continue(())
                });
                assert_eq!(found, free.iter().copied().collect::<Vec<_>>());
            }
            let mut clock = core.clock(record.zone());
            let (today, _) = clock.local(self.now);
            let times = record.times(&core.columns(lane, record), &mut clock, self.now);
            let twice = core
                .settings
                .zones
                .get(usize::from(record.zone()))
                .is_some_and(|zone| has_gone_back(zone, self.now));
            for column in 0..COLUMNS {
                assert_eq!(core.hot.first(column, lane), times.first[column], "column {column}");
                for band in 0..crate::hot::BANDS {
                    for day in (today..today + 64).map(|day| day.rem_euclid(64) as usize) {
                        let word = &core.hot.days[lane as usize / 64].0[column][band][day];
                        let bit = word.load(std::sync::atomic::Ordering::Relaxed) >> (lane % 64) & 1;
                        let fresh = times.days[column][band] >> day & 1;
                        assert!(bit == fresh || bit > fresh && twice, "day {day} band {band}: {bit}");
                    }
                }
            }
        })
        .expect("nobody writes");
    }

    fn check_digest(&self, id: PractitionerId, known: &Known) {
        let settings = settings(self.now);
        let same_day = known.profile.places.iter().all(|place| {
            let mut clock = Clock::new(offsets(&settings.zones, place.zone));
            clock.day_start(known.packed_at) == clock.day_start(self.now)
        });
        if same_day {
            assert_eq!(self.index.digest(id), Some(known.packed(self.now).digest()));
        }
    }
}

/// Whether a clock was put back in the last day: a date that it then shows again keeps its free hours of the first time,
/// which first starts, always exact, make harmless.
fn has_gone_back(zone: &Zone, now: Moment) -> bool {
    let changes = zone.offsets.windows(2);
    let mut back = changes.filter(|pair| pair[1].1 < pair[0].1).map(|pair| pair[1].0);
    back.any(|change| change <= now && now < change.plus(86_400))
}

fn core(reader: &Reader) -> &Core {
    reader.core()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn after_any_changes_everything_is_as_if_packed_anew(
        people in vec((profile(), busy()), 0..12), changes in vec(change(), 1..25),
    ) {
        let mut world = World::new(people);
        world.check();
        for change in changes {
            world.apply(change);
            world.check();
        }
    }

    #[test]
    fn a_file_that_is_cut_or_changed_is_refused(
        people in vec((profile(), busy()), 0..4), at in any::<proptest::sample::Index>(), bit in 0..8_u32,
    ) {
        let world = World::new(people);
        let mut file = Vec::new();
        world.index.write_to(&mut file, b"note").expect("a vector takes everything");
        let at = at.index(file.len());
        for broken in [file[..at].to_vec(), {
            let mut changed = file.clone();
            changed[at] ^= 1 << bit;
            changed
        }] {
            let error = Index::read_from(&mut broken.as_slice()).err().expect("it is broken");
            prop_assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        }
    }
}

#[test]
fn when_the_spare_lanes_run_out_the_index_makes_room_by_itself() {
    let index = Builder::new(settings(NOON)).finish();
    for number in 0..5_000 {
        let packed = Packed::new(&settings(NOON), &everyday(number, (number % 4) as u16), |_| true);
        assert_eq!(index.put(packed, Some(None)), Applied::Done);
    }
    assert_eq!(index.size().practitioners, 5_000);
    assert_eq!(index.size().lanes, 5_000);
    assert!(core(&index.reader()).people.sorted() > 0, "it was arranged anew on the way");
}

#[test]
fn packing_everybody_anew_needs_no_more_memory() {
    let mut builder = Builder::new(settings(NOON));
    (0..500).for_each(|number| builder.add(Packed::new(&settings(NOON), &everyday(number, 1), |_| true)));
    let index = builder.finish();
    let before = index.size().bytes;
    for day in 0..3 {
        for number in 0..500 {
            let packed =
                Packed::new(&settings(NOON), &everyday(number, 1), |visit| visit.start.seconds() % 7 != day);
            assert_eq!(index.put(packed, None), Applied::Done);
        }
    }
    assert_eq!(index.size().bytes, before);
    assert!(!index.wants_rebuild());
}

#[test]
fn a_rebuild_copies_records_only_if_many_are_garbage() {
    let mut builder = Builder::new(settings(NOON));
    let somebody = |number, card| {
        let mut profile = everyday(number, 1);
        profile.card = vec![number as u8; card];
        Packed::new(&settings(NOON), &profile, |_| true)
    };
    (0..3_000).for_each(|number| builder.add(somebody(number, 50)));
    let index = builder.finish();
    let arena = |index: &Index| Arc::as_ptr(&core(&index.reader()).arena);
    let first = arena(&index);
    (0..100).for_each(|number| assert_eq!(index.remove(id(number)), Applied::Done));
    index.rebuild();
    assert_eq!(arena(&index), first, "little was garbage");
    (100..2_900).for_each(|number| assert_eq!(index.remove(id(number)), Applied::Done));
    assert!(index.wants_rebuild());
    let before = index.size().bytes;
    index.rebuild();
    assert_ne!(arena(&index), first, "nearly all was");
    assert!(index.size().bytes < before / 2);
    let digest = index.digest(id(2_950));
    assert_eq!(digest, Some(somebody(2_950, 50).digest()));
}

#[test]
fn a_practitioner_who_left_and_came_back_has_a_stamp_that_nobody_holds() {
    let mut builder = Builder::new(settings(NOON));
    builder.add(Packed::new(&settings(NOON), &everyday(1, 1), |_| true));
    let index = builder.finish();
    let held = index.stamp(id(1));
    index.remove(id(1));
    index.put(Packed::new(&settings(NOON), &everyday(1, 1), |_| true), Some(None));
    let range = Span::new(NOON, NOON.plus(3600));
    assert_eq!(index.refresh(id(1), range, held, |_| false), Applied::Overtaken);
}

#[test]
fn readers_see_whole_records_while_they_are_overwritten() {
    let free = |even: bool| move |visit: &Visit| (visit.start.seconds() / 1800) % 2 == u32::from(even);
    let mut builder = Builder::new(settings(NOON));
    builder.add(Packed::new(&settings(NOON), &everyday(1, 1), free(false)));
    let index = &builder.finish();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for round in 0..3_000 {
                index.put(Packed::new(&settings(NOON), &everyday(1, 1), free(round % 2 == 0)), None);
            }
        });
        scope.spawn(move || {
            let reader = index.reader();
            let core = core(&reader);
            let lane = core.people.lanes(0).next().expect("one place");
            while !writer.is_finished() {
                let parities = core.read(lane, |record| {
                    let mut parities = 0_u8;
                    record.starts(0, Span::new(NOON, Moment::NEVER), |start| {
                        parities |= 1 << (start.seconds() / 1800 % 2);
                        ControlFlow::Continue(())
                    });
                    parities
                });
                assert!(parities.is_none_or(|parities| parities == 1 || parities == 2));
            }
        });
    });
}
