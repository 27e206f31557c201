//! Where a search looks: the blocks of a specialty that its circle touches, or the lanes of those who are meant by name.

use crate::hilbert;
use crate::hot::LANES;
use crate::profile::SpecialtyNo;
use crate::query::Typed;
use crate::scan::Found;

use super::{Lanes, Search, seats};

/// With so many people for each block to scan, looking at the block is cheaper than looking up the people.
const PEOPLE_FOR_BLOCK: usize = 4;
/// People who are asked for at once.
const AT_ONCE: usize = 32;
/// Blocks whose people are asked for ahead.
const BLOCKS_AHEAD: usize = 8;

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
            lanes.meant.clear();
            lanes.meant.resize(self.core.people.len().div_ceil(64) as usize, 0);
            for (person, _) in typed.people.iter() {
                if let Some(word) = lanes.meant.get_mut(person as usize / 64) {
                    *word |= 1 << (person % 64);
                }
            }
            return;
        }
        lanes.found.truncate(by_specialty);
        let mut of_people = std::mem::take(&mut lanes.of_people);
        self.lanes_of(typed, &mut of_people);
        of_people.retain(|lane| {
            let block = lane / LANES as u32;
            specialty.is_none_or(|specialty| hot.owns(specialty, block)) && !meant(block)
        });
        of_people.sort_unstable();
        for of_block in of_people.chunk_by(|a, b| a / LANES as u32 == b / LANES as u32) {
            let block = of_block[0] / LANES as u32;
            // All of these lanes do.
            lanes.found.push(Found { block, nearest: 0.0, inside: true });
            lanes.masks.push(of_block.iter().fold(0, |mask, lane| mask | 1 << (lane % LANES as u32)));
        }
        lanes.of_people = of_people;
    }

    /// The lanes in the circle of those who are meant by name; one group's are fetched at once.
    fn lanes_of(&self, typed: &Typed<'_>, lanes: &mut Vec<u32>) {
        let (hot, people) = (&self.core.hot, &self.core.people);
        lanes.clear();
        let mut meant = typed.people.iter().map(|(person, _)| person);
        let mut group = [0; AT_ONCE];
        loop {
            let mut count = 0;
            for (place, person) in group.iter_mut().zip(&mut meant) {
                *place = person;
                people.fetch(person);
                count += 1;
            }
            let from = lanes.len();
            for person in &group[..count] {
                lanes.extend(people.lanes(*person).flat_map(|main| hot.at_place(main)));
            }
            if let Some(disc) = &self.plan.filter.disc {
                lanes[from..].iter().for_each(|lane| hot.fetch_position(*lane));
                let mut kept = from;
                for at in from..lanes.len() {
                    if hilbert::square(hot.position(lanes[at]), disc.point) <= disc.edge {
                        lanes.swap(kept, at);
                        kept += 1;
                    }
                }
                lanes.truncate(kept);
            }
            if count < AT_ONCE {
                return;
            }
        }
    }

    /// Leaves the lanes of those who are meant, where whole blocks were taken for a name.
    pub(super) fn match_names(&self, lanes: &mut Lanes) {
        let Some(typed) = self.plan.query.typed.as_ref().filter(|_| lanes.ask_names) else { return };
        let hot = &self.core.hot;
        let is_meant = |person: u32| {
            lanes.meant.get(person as usize / 64).is_some_and(|word| word >> (person % 64) & 1 == 1)
        };
        for at in 0..lanes.found.len() {
            if let Some(ahead) = lanes.found.get(at + BLOCKS_AHEAD) {
                hot.fetch_people(ahead.block);
            }
            let block = lanes.found[at].block;
            if hot.specialty(block).is_some_and(|number| typed.specialties.contains(&number)) {
                continue;
            }
            let meant = seats(lanes.masks[at] | lanes.spare[at])
                .filter(|seat| is_meant(hot.person(block * LANES as u32 + seat)))
                .fold(0, |meant, seat| meant | 1 << seat);
            lanes.masks[at] &= meant;
            lanes.spare[at] &= meant;
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
