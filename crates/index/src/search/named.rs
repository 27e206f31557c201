//! Those who are meant by name: one by one if they are few; many together with the blocks that the circle reaches; and if
//! they are so many that most blocks have some, every lane is asked for its name.

use crate::hot::LANES;
use crate::profile::SpecialtyNo;
use crate::query::Typed;
use crate::scan::Found;
use crate::text::People;

use super::{Lanes, Search};

/// With so many people for each block to scan, looking at the block is cheaper than looking up the people.
const PEOPLE_FOR_BLOCK: usize = 1;
/// So few are looked up without finding the blocks first.
const FEW: usize = 256;
/// People who are asked for at once.
const AT_ONCE: usize = 32;
/// Blocks whose people are asked for ahead.
const BLOCKS_AHEAD: usize = 8;

/// How much of a block a search reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// Nothing: it is of another specialty, or far away.
    Not,
    /// Perhaps some of it.
    Partly,
    /// All.
    Whole,
}

impl Search<'_> {
    /// Collects those who are meant by name and by nothing else.
    pub(super) fn gather_people(&self, typed: &Typed<'_>, specialty: Option<SpecialtyNo>, lanes: &mut Lanes) {
        if typed.people.is_empty() {
            return;
        }
        let from = lanes.found.len();
        if typed.people.len() <= FEW {
            return self.gather_few(typed, specialty, lanes);
        }
        self.gather_blocks(specialty, &mut lanes.found);
        if typed.people.len() <= PEOPLE_FOR_BLOCK * (lanes.found.len() - from) {
            return self.gather_among(from, typed, lanes);
        }
        let mut kept = from;
        for at in from..lanes.found.len() {
            if !self.is_meant_otherwise(typed, lanes.found[at].block) {
                lanes.found.swap(kept, at);
                kept += 1;
            }
        }
        lanes.found.truncate(kept);
        lanes.ask_names = true;
        lanes.meant.clear();
        lanes.meant.resize(self.core.people.len().div_ceil(32) as usize, 0);
        for slips in 0..=2 {
            mark(typed.people.with_slips(slips), &mut lanes.meant);
        }
    }

    /// Whether a block is there already because its specialty is meant.
    fn is_meant_otherwise(&self, typed: &Typed<'_>, block: u32) -> bool {
        let specialty = self.core.hot.specialty(block);
        specialty.is_some_and(|number| typed.specialties.contains(&number))
    }

    fn gather_few(&self, typed: &Typed<'_>, specialty: Option<SpecialtyNo>, lanes: &mut Lanes) {
        let mut of_people = std::mem::take(&mut lanes.of_people);
        self.lanes_of(typed, |_| Reached::Partly, &mut of_people);
        for of_block in of_people.chunk_by(of_one_block) {
            let block = of_block[0] / LANES as u32;
            let is_asked = specialty.is_none_or(|specialty| self.core.hot.owns(specialty, block));
            if is_asked && !self.is_meant_otherwise(typed, block) {
                lanes.add(Found { block, nearest: 0.0, inside: true }, of_block);
            }
        }
        lanes.of_people = of_people;
    }

    /// Leaves of the blocks from a place on those with somebody who is meant.
    fn gather_among(&self, from: usize, typed: &Typed<'_>, lanes: &mut Lanes) {
        let (mut of_people, mut reached) =
            (std::mem::take(&mut lanes.of_people), std::mem::take(&mut lanes.reached));
        let blocks = lanes.found.split_off(from);
        reached.resize(self.core.hot.blocks(), Reached::Not);
        for found in &blocks {
            reached[found.block as usize] = if found.inside { Reached::Whole } else { Reached::Partly };
        }
        self.lanes_of(typed, |block| reached[block], &mut of_people);
        // Both are in the order of blocks.
        let mut of_blocks = of_people.chunk_by(of_one_block).peekable();
        for found in blocks {
            reached[found.block as usize] = Reached::Not;
            while of_blocks.next_if(|lanes| lanes[0] / (LANES as u32) < found.block).is_some() {}
            let of_block = of_blocks.next_if(|lanes| lanes[0] / LANES as u32 == found.block);
            if let Some(of_block) = of_block.filter(|_| !self.is_meant_otherwise(typed, found.block)) {
                lanes.add(Found { inside: true, ..found }, of_block);
            }
        }
        (lanes.of_people, lanes.reached) = (of_people, reached);
    }

    /// The lanes in the circle of those who are meant by name, in order. What lies far off in memory is asked for in groups.
    fn lanes_of(&self, typed: &Typed<'_>, reached: impl Fn(usize) -> Reached, lanes: &mut Vec<u32>) {
        let (hot, people) = (&self.core.hot, &self.core.people);
        let reached = |lane: u32| reached(lane as usize / LANES);
        let disc = self.plan.filter.disc;
        let is_near = |lane: u32, disc| reached(lane) == Reached::Whole || hot.is_in(lane, disc);
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
            group[..count].iter().for_each(|person| people.fetch_list(*person));
            group[..count].iter().for_each(|person| people.fetch_listed(*person));
            let from = lanes.len();
            for person in &group[..count] {
                lanes.extend(people.lanes(*person).filter(|main| reached(*main) != Reached::Not));
            }
            for main in &lanes[from..] {
                hot.fetch_next_aims(*main);
                if disc.is_some() && reached(*main) == Reached::Partly {
                    hot.fetch_position(*main);
                }
            }
            let mut kept = from;
            for at in from..lanes.len() {
                if disc.is_none_or(|disc| is_near(lanes[at], disc)) {
                    lanes.swap(kept, at);
                    kept += 1;
                }
            }
            lanes.truncate(kept);
            // All lanes of a place are at one point.
            for at in from..kept {
                lanes.extend(hot.at_place(lanes[at]).skip(1));
            }
            if count < AT_ONCE {
                lanes.sort_unstable();
                return;
            }
        }
    }

    /// Leaves the lanes of those who are meant, where whole blocks were taken for a name.
    pub(super) fn match_names(&self, lanes: &mut Lanes) {
        let Some(typed) = self.plan.query.typed.as_ref().filter(|_| lanes.ask_names) else { return };
        let hot = &self.core.hot;
        for at in 0..lanes.found.len() {
            if let Some(ahead) = lanes.found.get(at + BLOCKS_AHEAD) {
                hot.people(ahead.block).fetch();
            }
            let block = lanes.found[at].block;
            if hot.specialty(block).is_some_and(|number| typed.specialties.contains(&number)) {
                continue;
            }
            let matching = lanes.masks[at] | lanes.spare[at];
            let meant = self.way.of_people(hot, &lanes.meant, block, matching);
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

/// Sets the bits of people; those beyond the last word are nobody who is there.
fn mark(people: &People, words: &mut [u32]) {
    for &person in people.as_list().unwrap_or_default() {
        if let Some(word) = words.get_mut(person as usize / 32) {
            *word |= 1 << (person % 32);
        }
    }
    for (words, bits) in words.chunks_mut(2).zip(people.as_bits().unwrap_or_default()) {
        for (word, bits) in words.iter_mut().zip([*bits as u32, (*bits >> 32) as u32]) {
            *word |= bits;
        }
    }
}

/// Whether two lanes are of one block.
fn of_one_block(one: &u32, other: &u32) -> bool {
    one / LANES as u32 == other / LANES as u32
}

impl Lanes {
    /// Adds some lanes of a block.
    fn add(&mut self, found: Found, lanes: &[u32]) {
        self.found.push(found);
        self.masks.push(lanes.iter().fold(0, |mask, lane| mask | 1 << (lane % LANES as u32)));
    }
}
