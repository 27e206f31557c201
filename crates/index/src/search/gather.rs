//! Where a search looks: the blocks of a specialty that its circle touches, or the lanes of those who are [`named`](super::named).

use crate::profile::SpecialtyNo;
use crate::scan::Found;

use super::{Lanes, Search};

impl Search<'_> {
    /// Collects the blocks, and which lanes of each to look at.
    pub(super) fn gather(&self, lanes: &mut Lanes) {
        lanes.found.clear();
        lanes.masks.clear();
        lanes.ask_names = false;
        let query = self.plan.query;
        match (&query.typed, query.specialty) {
            (Some(typed), Some(specialty)) if !typed.specialties.contains(&specialty) => {
                self.gather_people(typed, Some(specialty), lanes);
            }
            (Some(typed), None) => {
                let mut meant = typed.specialties.clone();
                meant.sort_unstable();
                meant.dedup();
                meant.into_iter().for_each(|specialty| self.gather_blocks(Some(specialty), &mut lanes.found));
                lanes.masks.resize(lanes.found.len(), u64::MAX);
                self.gather_people(typed, None, lanes);
            }
            (_, specialty) => self.gather_blocks(specialty, &mut lanes.found),
        }
        lanes.masks.resize(lanes.found.len(), u64::MAX);
    }

    pub(super) fn gather_blocks(&self, specialty: Option<SpecialtyNo>, found: &mut Vec<Found>) {
        let hot = &self.core.hot;
        let [sorted, later] = hot.runs(specialty);
        let add = |run, found: &mut Vec<Found>| match &self.plan.filter.disc {
            Some(disc) => self.way.near_blocks(hot, disc, run, found),
            None => found.extend(run.map(|block| Found { block, nearest: 0.0, inside: true })),
        };
        add(sorted, found);
        let later_from = found.len();
        add(later, found);
        if let Some(specialty) = specialty {
            // Blocks that were given away later stand in no order of specialties.
            let mut kept = later_from;
            for at in later_from..found.len() {
                if hot.owns(specialty, found[at].block) {
                    found.swap(kept, at);
                    kept += 1;
                }
            }
            found.truncate(kept);
        }
    }
}
