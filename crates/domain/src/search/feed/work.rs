//! What is still to be read again because something changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rendez_platform::change_log::Change;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use uuid::Uuid;

/// Practitioners to read again: whole, or in a range of their time. Doing it twice does no harm.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Whoever has changed in more than their time.
    pub whole: BTreeSet<PractitionerId>,
    /// Of the others the range that holds all that was touched.
    pub ranges: BTreeMap<PractitionerId, TimeRange>,
    /// Visits that were touched, and the range that holds when they are and were: they may have taken or left a room.
    pub visits: BTreeMap<Uuid, TimeRange>,
}

impl Work {
    /// Adds what a row of the change log says.
    pub(super) fn note(&mut self, change: &Change) {
        let Some(practitioner) = change.practitioner_id.map(PractitionerId::from_uuid) else { return };
        let range =
            change.starts_at.zip(change.ends_at).and_then(|(start, end)| TimeRange::new(start, end).ok());
        match range {
            Some(range) => {
                if let Some(visit) = change.subject_id {
                    widen(&mut self.visits, visit, range);
                }
                self.range(practitioner, range);
            }
            None => {
                self.whole.insert(practitioner);
            }
        }
    }

    /// Adds a range of somebody's time.
    pub(super) fn range(&mut self, practitioner: PractitionerId, range: TimeRange) {
        widen(&mut self.ranges, practitioner, range);
    }

    /// Adds all of another.
    pub(super) fn add(&mut self, other: Self) {
        self.whole.extend(other.whole);
        for (practitioner, range) in other.ranges {
            self.range(practitioner, range);
        }
        for (visit, range) in other.visits {
            widen(&mut self.visits, visit, range);
        }
    }

    /// Cuts the ranges to a window; what lies outside needs no reading.
    pub(super) fn cut(&mut self, from: Timestamp, until: Timestamp) {
        let Ok(window) = TimeRange::new(from, until) else { return };
        let cut = |range: &TimeRange| range.intersection(window);
        self.ranges = self.ranges.iter().filter_map(|(id, range)| Some((*id, cut(range)?))).collect();
        self.visits = self.visits.iter().filter_map(|(id, range)| Some((*id, cut(range)?))).collect();
    }

    /// Whether nothing is left to do.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.ranges.is_empty() && self.visits.is_empty()
    }
}

/// Adds a range to what is known of something.
fn widen<K: Ord>(ranges: &mut BTreeMap<K, TimeRange>, key: K, range: TimeRange) {
    ranges.entry(key).and_modify(|known| *known = hull(*known, range)).or_insert(range);
}

/// The range that holds both.
pub(super) fn hull(one: TimeRange, other: TimeRange) -> TimeRange {
    TimeRange::new(one.start().min(other.start()), one.end().max(other.end())).unwrap_or(one)
}
