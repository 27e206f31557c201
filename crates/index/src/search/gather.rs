//! Where a search looks: the blocks of a specialty that its circle touches, or the lanes of those who are meant by name.

use crate::hot::LANES;
use crate::profile::SpecialtyNo;
use crate::query::Typed;
use crate::scan::Found;

use super::{Lanes, Search, seats};

/// With so many people for each block to scan, looking at the block is cheaper than looking up the people.
const PEOPLE_FOR_BLOCK: usize = 2;

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

    fn gather_blocks(&self, specialty: Option<SpecialtyNo>, found: &mut Vec<Found>) {
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

    /// Those who are meant by name and by nothing else: one by one if they are few, else every block of the specialty.
    fn gather_people(&self, typed: &Typed<'_>, specialty: Option<SpecialtyNo>, lanes: &mut Lanes) {
        if typed.people.is_empty() {
            return;
        }
        let hot = &self.core.hot;
        let by_specialty = lanes.found.len();
        self.gather_blocks(specialty, &mut lanes.found);
        let meant =
            |block: u32| hot.specialty(block).is_some_and(|number| typed.specialties.contains(&number));
        if typed.people.len() > PEOPLE_FOR_BLOCK * (lanes.found.len() - by_specialty) {
            let others =
                lanes.found.drain(by_specialty..).filter(|found| !meant(found.block)).collect::<Vec<_>>();
            lanes.found.extend(others);
            lanes.ask_names = true;
            return;
        }
        lanes.found.truncate(by_specialty);
        let mut of_people: Vec<u32> = typed
            .people
            .iter()
            .flat_map(|(person, _)| self.core.people.lanes(person))
            .flat_map(|main| self.core.hot.at_place(main))
            .filter(|lane| {
                let block = lane / LANES as u32;
                specialty.is_none_or(|specialty| hot.owns(specialty, block)) && !meant(block)
            })
            .collect();
        of_people.sort_unstable();
        for of_block in of_people.chunk_by(|a, b| a / LANES as u32 == b / LANES as u32) {
            let block = of_block[0] / LANES as u32;
            lanes.found.push(Found { block, nearest: 0.0, inside: self.plan.filter.disc.is_none() });
            lanes.masks.push(of_block.iter().fold(0, |mask, lane| mask | 1 << (lane % LANES as u32)));
        }
    }

    /// Leaves the lanes of those who are meant, where whole blocks were taken for a name.
    pub(super) fn match_names(&self, lanes: &mut Lanes) {
        if !lanes.ask_names {
            return;
        }
        for ((found, mask), doubtful) in lanes.found.iter().zip(&mut lanes.masks).zip(&mut lanes.spare) {
            let meant = seats(*mask | *doubtful)
                .filter(|seat| self.slips(found.block * LANES as u32 + seat).is_some())
                .fold(0, |meant, seat| meant | 1 << seat);
            *mask &= meant;
            *doubtful &= meant;
        }
    }

    /// With how many slips a lane's person or specialty was typed, if at all.
    pub(super) fn slips(&self, lane: u32) -> Option<u8> {
        let Some(typed) = &self.plan.query.typed else { return Some(0) };
        let specialty = self.core.hot.specialty(lane / LANES as u32);
        if specialty.is_some_and(|specialty| typed.specialties.contains(&specialty)) {
            return Some(0);
        }
        typed.people.slips(self.core.hot.person(lane))
    }
}
