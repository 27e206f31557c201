//! Who is best, block by block, the nearest first: exact scores where the first start is known; where only the day is, see
//! [`days`].

mod days;
mod tie;

use crate::hilbert;
use crate::hot::LANES;
use crate::moment::Moment;
use crate::query::{Cursor, Starts};
use crate::scan::{Candidates, Scoring, waiting};
use crate::select::{Select, pack, unpack};

use rendez_vocab::ids::PractitionerId;

use super::calendar::Calendar;
use super::once::Once;
use super::plan::Column;
use super::{Lanes, Search, seats};
use tie::Tie;

/// Nearest blocks first, so that the cut is low when the many far ones come: squares of 1.5, 5 and 15 km on the unit sphere.
const RINGS: [f32; 3] = [5.54e-8, 6.16e-7, 5.54e-6];
/// Blocks by ring; the last is of all others.
type Rings = [Vec<u32>; RINGS.len() + 1];
/// What a slip weighs.
const SLIP: u32 = 28;
/// Buffers to use again.
#[derive(Debug)]
pub(super) struct Room {
    /// Candidates by the least that their score can be.
    rough: Vec<u64>,
    /// Places, among those found, of blocks by how near they are.
    rings: Rings,
    /// Those of one block.
    candidates: Candidates,
    /// Those of people with several matching lanes.
    shared: Vec<(u32, u64)>,
    /// The next starts of lanes whose records were asked.
    settled: Vec<(u32, Starts)>,
}

impl Room {
    /// The next starts of lanes whose records were asked while ranking.
    pub(super) fn settled(&self) -> &[(u32, Starts)] {
        &self.settled
    }
}

impl Default for Room {
    fn default() -> Self {
        Self {
            rough: Vec::new(),
            rings: Default::default(),
            candidates: [0; _],
            shared: Vec::new(),
            settled: Vec::new(),
        }
    }
}

/// A ranking on its way.
struct Ranking<'a> {
    search: &'a Search<'a>,
    lanes: &'a Lanes,
    calendars: &'a [Calendar],
    once: &'a Once,
    select: &'a mut Select,
    /// The best candidate so far of people with several matching lanes.
    shared: &'a mut Vec<(u32, u64)>,
    /// What records said of lanes that were asked.
    settled: &'a mut Vec<(u32, Starts)>,
}

impl Ranking<'_> {
    fn run(&mut self, rough: &mut Vec<u64>, rings: &mut Rings, candidates: &mut Candidates) {
        let (search, lanes) = (self.search, self.lanes);
        for judged in &lanes.judged {
            if lanes.masks[judged.at as usize] >> (judged.lane % LANES as u32) & 1 == 1 {
                self.offer(search.score(judged.lane, judged.first), judged.lane);
            }
        }
        let Column::Of(column) = search.plan.column else { return };
        rough.clear();
        rings.iter_mut().for_each(Vec::clear);
        let open = |at: usize| lanes.masks[at] & !lanes.judged_masks[at];
        for (at, found) in lanes.found.iter().enumerate().filter(|(at, _)| open(*at) != 0) {
            rings[ring(found.nearest)].push(at as u32);
        }
        for at in rings.iter().flatten().map(|at| *at as usize) {
            let found = &lanes.found[at];
            if found.nearest > hilbert::reaching(self.select.cut()) {
                continue;
            }
            if search.plan.by_day {
                self.rough_scores(found.block, open(at), column, rough);
            } else {
                self.exact_scores(found.block, open(at), column, candidates);
            }
        }
        self.settle(column, rough, usize::MAX);
    }

    fn exact_scores(&mut self, block: u32, mask: u64, column: usize, candidates: &mut Candidates) {
        let search = self.search;
        let typed = search.plan.query.typed.is_some();
        let scoring = Scoring {
            point: search.plan.filter.disc.map(|disc| disc.point),
            column,
            reference: search.plan.reference,
            // Slips come on top of what is scanned.
            floor: if typed { 0 } else { search.plan.query.after.map_or(0, |after| after.score) },
            cut: self.select.cut(),
        };
        let hot = &search.core.hot;
        let wanted = search.way.candidates(hot, &scoring, block, mask, candidates);
        let count = wanted.count_ones() as usize;
        if typed || search.plan.query.after.is_some() {
            for candidate in &candidates[..count] {
                let (score, lane) = unpack(*candidate);
                let slips = if typed { search.slips(lane).unwrap_or_default() } else { 0 };
                self.offer(score + (u32::from(slips) << SLIP), lane);
            }
            return;
        }
        self.add(&candidates[..count], self.once.shared(block), wanted);
        if self.select.is_full() {
            self.clear_out();
        }
    }

    /// Adds a block's candidates of which the score says all, but for whom another lane of the same person is better.
    fn add(&mut self, candidates: &[u64], shared: u64, wanted: u64) {
        self.select.extend(candidates);
        for seat in seats(wanted & shared) {
            let candidate = candidates[(wanted & ((1 << seat) - 1)).count_ones() as usize];
            if !self.is_best_of_person(candidate) {
                self.select.remove(candidate);
            }
        }
    }

    /// Whether no better candidate of the same person is there; if a worse one is, it goes. Only asked of lanes that share
    /// their person with others, so the list is short.
    fn is_best_of_person(&mut self, candidate: u64) -> bool {
        let person = self.search.core.hot.person(unpack(candidate).1);
        let Some(known) = self.shared.iter_mut().find(|(of, _)| *of == person) else {
            self.shared.push((person, candidate));
            return true;
        };
        let ((score, lane), (known_score, known_lane)) = (unpack(candidate), unpack(known.1));
        // Of two that are as good, the one of the earlier place is shown.
        let is_before = || self.search.core.hot.earlier(known_lane).any(|earlier| earlier == lane);
        let is_best = score < known_score || score == known_score && is_before();
        if is_best {
            self.select.remove(known.1);
            known.1 = candidate;
        }
        is_best
    }

    /// Throws away what cannot be among the best.
    fn clear_out(&mut self) {
        self.select.clear_out(|lane| self.search.tie(lane));
        let cut = self.select.cut();
        // Nobody who comes later can be worse than these and stay.
        self.shared.retain(|(_, candidate)| unpack(*candidate).0 <= cut);
    }

    fn offer(&mut self, score: u32, lane: u32) {
        let search = self.search;
        if score > self.select.cut() {
            return;
        }
        let candidate = pack(score, lane);
        if let Some(after) = search.plan.query.after {
            // A better place of the same person may have been shown before, so it is no candidate now.
            let is_outranked = || search.is_outranked(self.lanes, self.calendars, self.once, lane, score);
            if !search.comes_after(score, lane, &after) || is_outranked() {
                return;
            }
        } else if self.once.is_shared(lane) && !self.is_best_of_person(candidate) {
            return;
        }
        self.select.push(candidate);
        if self.select.is_full() {
            self.clear_out();
        }
    }
}

/// Which ring a block is in whose nearest lane is so far away, squared.
fn ring(nearest: f32) -> usize {
    RINGS.iter().map(|edge| usize::from(nearest > *edge)).sum()
}

impl Search<'_> {
    /// Leaves the best in `select`; whether there are more of them than are shown.
    pub(super) fn rank(
        &self,
        lanes: &Lanes,
        calendars: &[Calendar],
        once: &Once,
        room: &mut Room,
        select: &mut Select,
    ) -> bool {
        let limit = usize::from(self.plan.query.limit);
        select.begin(limit + 1);
        let Room { rough, rings, candidates, shared, settled } = room;
        shared.clear();
        settled.clear();
        Ranking { search: self, lanes, calendars, once, select, shared, settled }
            .run(rough, rings, candidates);
        select.finish(|lane| self.tie(lane)).len() > limit
    }

    fn comes_after(&self, score: u32, lane: u32, cursor: &Cursor) -> bool {
        score > cursor.score || score == cursor.score && self.practitioner(lane) > cursor.practitioner
    }

    fn practitioner(&self, lane: u32) -> PractitionerId {
        self.core.people.practitioner(self.core.hot.person(lane))
    }

    fn tie(&self, lane: u32) -> Tie<'_> {
        Tie { person: self.core.hot.person(lane), people: &self.core.people }
    }

    /// How far away a lane is, if that is asked.
    pub(super) fn metres(&self, lane: u32) -> Option<u32> {
        let disc = self.plan.filter.disc.as_ref()?;
        Some(hilbert::metres(hilbert::square(self.core.hot.position(lane), disc.point)) as u32)
    }

    /// The score of a lane with such a first start.
    pub(super) fn score(&self, lane: u32, first: Moment) -> u32 {
        let slips = u32::from(self.slips(lane).unwrap_or_default());
        self.metres(lane).unwrap_or_default()
            + waiting(first.seconds(), self.plan.reference)
            + (slips << SLIP)
    }
}
