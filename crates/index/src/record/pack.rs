//! Packing: from a profile to its records.

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;

use crate::clock::{Clock, offsets};
use crate::digest::{self, Digest};
use crate::index::Settings;
use crate::moment::{Moment, Span};
use crate::profile::{Profile, Visit};
use crate::words::Facts;

use super::bits::ones;
use super::drawer::Drawer;
use super::shifts::Grid;
use super::{Record, Run};

/// No more visit types are looked at: what is admitted is a word.
const MOST_TYPES: usize = 64;
/// No more places are looked at: their numbers are bytes.
const MOST_PLACES: usize = 256;

/// A practitioner packed for an index with certain settings; made on any thread.
pub struct Packed {
    /// Who.
    pub(crate) facts: Facts,
    /// The records of the places, one after another.
    words: Vec<AtomicU64>,
    /// When the present day began at each place.
    todays: Vec<Moment>,
}

impl Packed {
    /// Packs a profile with what is free of it. Every start from the beginning of the present local day on is asked for,
    /// unless it is closed. Only the first 64 visit types and 256 places count.
    pub fn new(settings: &Settings, profile: &Profile, mut free: impl FnMut(&Visit) -> bool) -> Self {
        Self::pack(settings, profile, |run, place, first, length, open| {
            let mut bits = 0;
            for number in 0..length {
                if open >> number & 1 != 0 {
                    bits |= u64::from(free(&run.visit(place, first + number))) << number;
                }
            }
            bits
        })
    }

    /// Packs a profile of which everything is free that touches none of these ranges, in any order: the same as
    /// [`Packed::new`] with that question, but several times faster.
    pub fn with_busy(settings: &Settings, profile: &Profile, busy: &[Span]) -> Self {
        let by_start = |range: &Span| (range.start, range.end);
        let busy = match busy.is_sorted_by_key(by_start) {
            true => Cow::Borrowed(busy),
            false => {
                let mut sorted = busy.to_vec();
                sorted.sort_unstable_by_key(by_start);
                Cow::Owned(sorted)
            }
        };
        // Runs come by rising anchor at each place: what ends before one is not looked at for those after it.
        let (mut anchor, mut passed) = (0, 0);
        let before = profile.visit_types.iter().map(|kind| u32::from(kind.buffer_before_minutes) * 60).max();
        let before = before.unwrap_or(0);
        Self::pack(settings, profile, |run, _, first, length, open| {
            if run.anchor < anchor {
                passed = 0;
            }
            anchor = run.anchor;
            let over = |range: &&Span| range.end.plus(before).seconds() <= anchor;
            passed += busy.iter().skip(passed).take_while(over).count();
            let last = run.start(first + length - 1).plus(run.behind);
            let near = busy.iter().skip(passed).take_while(|range| range.start < last);
            near.fold(open, |open, range| {
                let (from, until) = run.touching(*range);
                let from = from.clamp(first, first + length) - first;
                let until = until.clamp(first, first + length) - first;
                if from < until { open & !(ones(until - from) << from) } else { open }
            })
        })
    }

    fn pack(
        settings: &Settings,
        profile: &Profile,
        mut fill: impl FnMut(&Run, u8, u32, u32, u64) -> u64,
    ) -> Self {
        let types = profile.visit_types.get(..MOST_TYPES).unwrap_or(&profile.visit_types);
        let grids: Vec<Grid> = types.iter().map(Grid::of).collect();
        let mut words = Vec::with_capacity(160);
        let mut todays = Vec::with_capacity(profile.places.len());
        for (number, place) in profile.places.iter().take(MOST_PLACES).enumerate() {
            let today = Clock::new(offsets(&settings.zones, place.zone)).day_start(settings.now);
            let drawer = Drawer { place, number: number as u8, grids: &grids, today };
            drawer.pack(profile, types, &mut words, &mut fill);
            todays.push(today);
        }
        words.shrink_to_fit();
        let words = words.into_iter().map(AtomicU64::new).collect();
        Self { facts: Facts::of(profile, digest::of_profile(profile)), words, todays }
    }

    /// Its records in the order of places.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut rest = self.words.as_slice();
        std::iter::from_fn(move || {
            let length = rest.first().map(crate::arena::capacity)?;
            let (words, after) = rest.split_at_checked(length.max(1))?;
            rest = after;
            Some(Record::new(words))
        })
    }

    /// A digest of everything in it: equal for equal content, whatever order it came in and whenever on the same local day
    /// it was packed.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        digest.add(self.facts.content);
        for (record, today) in self.records().zip(&self.todays) {
            record.digest_into(&mut digest, *today);
        }
        digest.finish()
    }
}
