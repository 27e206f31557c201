//! Changes to lanes. One writer at a time, so a word is read and stored, never exchanged.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    BANDS, Boxes, COLUMNS, Hot, LANES, LAST, MIXED, NO_ZONE, NOBODY, OUTER, Times, Traits, Words, seat,
};
use crate::hilbert;
use crate::moment::Moment;

impl Hot {
    /// Gives somebody a lane that searches do not find yet; `None` if there is no room, and a new arrangement is due.
    pub(crate) fn place(&self, traits: &Traits, times: &Times) -> Option<u32> {
        if !self.slices.admits(traits) {
            return None;
        }
        let block = self.roomy_block(traits)?;
        let seat = self.given[block as usize].load(Ordering::Relaxed);
        self.given[block as usize].store(seat + 1, Ordering::Relaxed);
        let lane = block * LANES as u32 + seat;
        self.settle(lane, traits);
        self.set_times(lane, times);
        Some(lane)
    }

    /// The nearest block of the specialty with a lane that nobody had yet, or a new one.
    fn roomy_block(&self, traits: &Traits) -> Option<u32> {
        let nobody = self.ranges.len() - 1;
        let group = traits.specialty.map_or(nobody, |number| usize::from(number).min(nobody));
        let later = self.spare_from + self.spares_given.load(Ordering::Relaxed);
        let nearest = self.ranges[group]
            .clone()
            .chain(
                (self.spare_from..later)
                    .filter(|block| self.owners[*block as usize].load(Ordering::Relaxed) == group as u32),
            )
            .filter(|block| self.given[*block as usize].load(Ordering::Relaxed) < LANES as u32)
            .min_by(|a, b| self.gap(*a, traits.position).total_cmp(&self.gap(*b, traits.position)));
        if nearest.is_some() {
            return nearest;
        }
        let free = self.owners.get(later as usize)?;
        debug_assert_eq!(free.load(Ordering::Relaxed), NOBODY);
        free.store(group as u32, Ordering::Release);
        self.spares_given.store(later + 1 - self.spare_from, Ordering::Release);
        Some(later)
    }

    /// How far a block's box is from a point, squared.
    fn gap(&self, block: u32, point: Option<[f32; 3]>) -> f32 {
        let Some(point) = point else { return 0.0 };
        let (boxes, at) = (&self.boxes[block as usize / OUTER], block as usize % OUTER);
        let nearest = [0, 1, 2].map(|axis: usize| {
            let low = f32::from_bits(boxes.low[axis][at].load(Ordering::Relaxed));
            let high = f32::from_bits(boxes.high[axis][at].load(Ordering::Relaxed));
            point[axis].min(high).max(low)
        });
        hilbert::square(point, nearest)
    }

    /// Writes what a lane is, before searches find it. The boxes grow first.
    pub(super) fn settle(&self, lane: u32, traits: &Traits) {
        let (block, seat) = seat(lane);
        if let Some(position) = traits.position {
            for (axis, value) in position.into_iter().enumerate() {
                self.axes[block][axis].0[seat].store(value.to_bits(), Ordering::Relaxed);
            }
            grow(&self.outer[block / (OUTER * OUTER)], block / OUTER % OUTER, position);
            grow(&self.boxes[block / OUTER], block % OUTER, position);
        }
        self.known[block].people.0[seat].store(traits.person, Ordering::Relaxed);
        self.write_traits(lane, traits);
    }

    fn write_traits(&self, lane: u32, traits: &Traits) {
        let (block, seat) = seat(lane);
        let (zone, of_all) = (u16::from(traits.zone), &self.zone_of_all[block]);
        let known = of_all.load(Ordering::Relaxed);
        if known != zone {
            // Before the lane says so, so that who reads that all have one zone is right.
            of_all.store(if known == NO_ZONE { zone } else { MIXED }, Ordering::Release);
        }
        self.zones[block][seat].store(traits.zone, Ordering::Relaxed);
        self.slices.set_traits(block, seat, traits);
        self.set_record(lane, traits.record);
    }

    /// Changes what a lane is, and where its record is, but not its person, place, specialty, position or aims. `false`, and nothing
    /// changed, if there is no room for a language or sector, and a new arrangement is due.
    pub(crate) fn set_traits(&self, lane: u32, traits: &Traits) -> bool {
        let room = self.slices.admits(traits);
        if room {
            self.write_traits(lane, traits);
        }
        room
    }

    /// Changes where a lane's record is.
    pub(crate) fn set_record(&self, lane: u32, record: u32) {
        let (block, seat) = seat(lane);
        self.known[block].records.0[seat].store(record, Ordering::Release);
    }

    /// Says that these are the lanes of one person for the same aims, in the order of places.
    pub(crate) fn link_places(&self, lanes: impl Iterator<Item = u32> + Clone) {
        let last_pair = lanes.clone().count().saturating_sub(2);
        for (pair, (before, after)) in lanes.clone().zip(lanes.skip(1)).enumerate() {
            link(&self.later, before, after, pair == last_pair);
            link(&self.earlier, after, before, pair == 0);
        }
    }

    /// Says that these are the lanes of one place, the main one first.
    pub(crate) fn link_aims(&self, lanes: &[u32]) {
        for (number, pair) in lanes.windows(2).enumerate() {
            link(&self.next_aims, pair[0], pair[1], number + 2 == lanes.len());
        }
    }

    /// Lets searches of these aims find a lane.
    pub(crate) fn activate(&self, lane: u32, aims: u8) {
        let (block, seat) = seat(lane);
        self.aims[block][seat].store(aims, Ordering::Release);
        self.slices.set_aims(block, seat, aims);
    }

    /// Lets no search find a lane any more. It is given to nobody else, so a reader that holds it is not misled.
    pub(crate) fn retire(&self, lane: u32) {
        let (block, seat) = seat(lane);
        self.aims[block][seat].store(0, Ordering::Release);
        self.slices.set_aims(block, seat, 0);
        self.retired.store(self.retired.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Changes the first starts of a lane, and when they are to be looked at again.
    pub(crate) fn set_first(&self, lane: u32, first: &[Moment; COLUMNS], check_at: Moment) {
        let (block, seat) = seat(lane);
        for (column, first) in self.first.iter().zip(first) {
            column[block].0[seat].store(first.seconds(), Ordering::Relaxed);
        }
        self.check_at[block].0[seat].store(check_at.seconds(), Ordering::Relaxed);
    }

    /// Changes whether a lane is free on a day: bit b of cell c for band b and column c.
    pub(crate) fn set_day(&self, lane: u32, day: u32, cells: &[u8; COLUMNS]) {
        let (block, seat) = seat(lane);
        for (columns, cell) in self.days[block].0.iter().zip(cells) {
            for (band, days) in columns.iter().enumerate() {
                let word = &days[day as usize % 64];
                let (old, bit) = (word.load(Ordering::Relaxed), 1_u64 << seat);
                let new = if cell >> band & 1 == 1 { old | bit } else { old & !bit };
                if new != old {
                    word.store(new, Ordering::Release);
                }
            }
        }
    }

    /// Changes all that is known of a lane's time.
    pub(crate) fn set_times(&self, lane: u32, times: &Times) {
        for day in 0..64 {
            let cells = times.days.map(|bands| {
                (0..BANDS).fold(0, |cell, band| cell | ((bands[band] >> day & 1) as u8) << band)
            });
            self.set_day(lane, day, &cells);
        }
        self.set_first(lane, &times.first, times.check_at);
    }
}

/// In a chain of lanes, lets one follow another.
fn link(next: &[Words], lane: u32, following: u32, is_last: bool) {
    let (block, seat) = seat(lane);
    let last = if is_last { LAST } else { 0 };
    next[block].0[seat].store(following | last, Ordering::Release);
}

/// Widens one of sixteen boxes so that a point is inside.
fn grow(boxes: &Boxes, at: usize, point: [f32; 3]) {
    let update = |bound: &AtomicU32, outside: fn(f32, f32) -> bool, value: f32| {
        if outside(value, f32::from_bits(bound.load(Ordering::Relaxed))) {
            bound.store(value.to_bits(), Ordering::Release);
        }
    };
    for (axis, value) in point.into_iter().enumerate() {
        update(&boxes.low[axis][at], |value, low| value < low, value);
        update(&boxes.high[axis][at], |value, high| value > high, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hot::{Aim, Slice, odd_lengths};

    fn somebody(person: u32, position: Option<[f32; 3]>, specialty: Option<u16>) -> Traits {
        Traits {
            person,
            record: person + 1000,
            position,
            specialty,
            languages: [1, 7].into_iter().collect(),
            sector: Some(2),
            telehealth: true,
            new_patients: false,
            zone: 3,
            odd_lengths: odd_lengths([15]),
            aims: Aim::ALL,
            place_no: 0,
            shortest_horizon_days: 60,
        }
    }

    fn never() -> Times {
        Times { first: [Moment::NEVER; COLUMNS], days: [[0; BANDS]; COLUMNS], check_at: Moment::NEVER }
    }

    #[test]
    fn a_lane_says_what_was_put_there() {
        let paris = hilbert::unit(48.86, 2.35);
        let (hot, lanes) = Hot::build(3, &[somebody(0, Some(paris), Some(1)), somebody(1, None, None)]);
        assert_eq!(hot.position(lanes[0]), paris);
        assert!(hot.position(lanes[1])[0].is_nan());
        assert_eq!((hot.person(lanes[1]), hot.record(lanes[1]), hot.zone(lanes[1])), (1, 1001, 3));
        assert_eq!(hot.specialty(lanes[0] / 64), Some(1));
        assert_eq!(hot.specialty(lanes[1] / 64), None);
        let [own, _] = hot.runs(Some(1));
        assert_eq!(own, lanes[0] / 64..lanes[0] / 64 + 1);
        assert!(hot.runs(Some(3)).iter().all(|run| run.is_empty()), "no such specialty");
        let telehealth = hot.slices.word(lanes[0] as usize / 64, Slice::Telehealth).load(Ordering::Relaxed);
        assert_eq!(telehealth, 1);
    }

    #[test]
    fn lanes_of_a_person_know_each_other() {
        let people: Vec<_> = (0..5).map(|_| somebody(0, None, None)).collect();
        let (hot, lanes) = Hot::build(1, &people);
        hot.link_places(lanes[..3].iter().copied());
        hot.link_places(lanes[3..4].iter().copied());
        hot.link_aims(&[lanes[0], lanes[3], lanes[4]]);
        assert_eq!(hot.earlier(lanes[2]).collect::<Vec<_>>(), [lanes[1], lanes[0]]);
        assert_eq!(hot.later(lanes[1]).collect::<Vec<_>>(), [lanes[2]]);
        assert_eq!(hot.earlier(lanes[3]).chain(hot.later(lanes[3])).count(), 0);
        assert_eq!(hot.at_place(lanes[0]).collect::<Vec<_>>(), [lanes[0], lanes[3], lanes[4]]);
        assert_eq!(hot.at_place(lanes[1]).collect::<Vec<_>>(), [lanes[1]]);
    }

    #[test]
    fn newcomers_fill_the_tail_and_then_a_spare_block() {
        let (hot, first) = Hot::build(3, &[somebody(0, None, Some(1))]);
        for person in 1..64 {
            let lane = hot.place(&somebody(person, None, Some(1)), &never()).expect("room");
            assert_eq!(lane / 64, first[0] / 64);
            assert!(!hot.is_active(lane));
            hot.activate(lane, Aim::ALL);
        }
        let beyond = hot.place(&somebody(64, None, Some(1)), &never()).expect("a spare block");
        let [_, later] = hot.runs(Some(1));
        assert!(later.contains(&(beyond / 64)) && hot.owns(1, beyond / 64) && !hot.owns(2, beyond / 64));
        hot.retire(first[0]);
        assert_eq!((hot.places(), hot.is_active(first[0])), (63, false));
    }

    #[test]
    fn a_language_without_a_slice_gets_one_until_there_is_no_room() {
        let (hot, lanes) = Hot::build(1, &[somebody(0, None, None)]);
        let mut traits = somebody(0, None, None);
        traits.languages = [200].into_iter().collect();
        assert!(hot.set_traits(lanes[0], &traits));
        let place = hot.slices.language(200).expect("a slice");
        assert_eq!(hot.slices.at(lanes[0] as usize / 64, place).load(Ordering::Relaxed), 1);
        traits.languages = (0..=255).collect();
        assert!(!hot.set_traits(lanes[0], &traits));
    }

    #[test]
    fn days_and_first_starts_are_kept_by_lane() {
        let (hot, lanes) = Hot::build(1, &[somebody(0, None, None), somebody(1, None, None)]);
        let mut times = never();
        times.days[2][1] = 1 << 40;
        times.first[2] = Moment::from_seconds(77);
        times.check_at = Moment::from_seconds(70);
        hot.set_times(lanes[1], &times);
        assert_eq!(hot.first(2, lanes[1]), Moment::from_seconds(77));
        assert_eq!(hot.days[0].0[2][1][40].load(Ordering::Relaxed), 1 << lanes[1]);
        let mut due = Vec::new();
        hot.due(Moment::from_seconds(69), |lane| due.push(lane));
        assert!(due.is_empty());
        hot.due(Moment::from_seconds(70), |lane| due.push(lane));
        assert_eq!(due, [lanes[1]]);
        hot.set_day(lanes[1], 40, &[0; COLUMNS]);
        assert_eq!(hot.days[0].0[2][1][40].load(Ordering::Relaxed), 0);
    }
}
