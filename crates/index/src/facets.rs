//! How many matches there are of what.
//!
//! Invariant: everybody is counted once, wherever they match. Languages and sectors are counted as if none had been
//! asked for, all else among the matches.

use std::sync::atomic::Ordering;

use crate::hot::{LANES, Slices};
use crate::moment::Moment;
use crate::profile::SpecialtyNo;
use crate::query::Facets;
use crate::scan::Choice;
use crate::search::{Column, Lanes, Search, Sooner};

/// Days after the window's start for [`Facets::free_within_days`].
pub const FREE_WITHIN_DAYS: [u32; 4] = [1, 3, 7, 14];

/// Room for what a facet usually names.
const USUALLY: usize = 16;

/// Counters; buffers to use again.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    specialties: Vec<u32>,
    counted: Vec<u32>,
    masks: Vec<u64>,
}

impl Search<'_> {
    /// How many match, and of what.
    pub(crate) fn count(&self, lanes: &Lanes, sooner: &[Sooner], sums: &mut Sums) -> (u32, Facets) {
        let (hot, plan) = (&self.core.hot, &self.plan);
        let (language, sector) = (plan.filter.language, plan.filter.sector);
        let mut facets = Facets::default();

        if language != Choice::Any {
            self.count_slices(lanes, sums, Choice::Any, sector);
            facets.languages = listed(sums, hot.slices.languages());
        }
        if sector != Choice::Any {
            self.count_slices(lanes, sums, language, Choice::Any);
            facets.sectors = listed(sums, hot.slices.sectors());
        }
        self.count_slices(lanes, sums, language, sector);
        if language == Choice::Any {
            facets.languages = listed(sums, hot.slices.languages());
        }
        if sector == Choice::Any {
            facets.sectors = listed(sums, hot.slices.sectors());
        }
        [facets.telehealth, facets.new_patients] =
            [Slices::TELEHEALTH, Slices::NEW].map(|at| sums.counted[at]);

        let total = sums.masks.iter().map(|mask| mask.count_ones()).sum();
        facets.specialties = match plan.query.specialty {
            // All blocks are those of the one that is asked for.
            Some(asked) => ordered([(asked, total)].into_iter()),
            None => self.by_specialty(lanes, sums),
        };
        facets.free_within_days = self.free_within(lanes, sooner, sums, total);
        (total, facets)
    }

    fn by_specialty(&self, lanes: &Lanes, sums: &mut Sums) -> Vec<(SpecialtyNo, u32)> {
        let hot = &self.core.hot;
        sums.specialties.clear();
        sums.specialties.resize(hot.specialties(), 0);
        for (found, mask) in lanes.found.iter().zip(&sums.masks).filter(|(_, mask)| **mask != 0) {
            let specialty = hot.specialty(found.block).map(usize::from);
            let sum = specialty.and_then(|number| sums.specialties.get_mut(number));
            sum.into_iter().for_each(|sum| *sum += mask.count_ones());
        }
        ordered(sums.specialties.iter().zip(0..).map(|(count, number)| (number, *count)))
    }

    /// Adds up the slices of the lanes with such a language and sector; they stay in the masks of the sums.
    fn count_slices(&self, lanes: &Lanes, sums: &mut Sums, language: Choice, sector: Choice) {
        let slices = &self.core.hot.slices;
        sums.masks.clone_from(&lanes.counted);
        if (language, sector) != (Choice::Any, Choice::Any) {
            for (found, mask) in lanes.found.iter().zip(&mut sums.masks) {
                let word = |place: usize| slices.at(found.block as usize, place).load(Ordering::Relaxed);
                *mask &= language.of(word) & sector.of(word);
            }
        }
        sums.counted.clear();
        sums.counted.resize(slices.counted_words(), 0);
        self.way.count(&self.core.hot, &lanes.found, &sums.masks, &mut sums.counted);
    }

    fn free_within(&self, lanes: &Lanes, sooner: &[Sooner], sums: &mut Sums, total: u32) -> Option<[u32; 4]> {
        let plan = &self.plan;
        if plan.by_day {
            return None;
        }
        let judged: Vec<_> = lanes
            .judged
            .iter()
            .filter(|judged| sums.masks[judged.at as usize] >> (judged.lane % LANES as u32) & 1 == 1)
            .map(|judged| judged.first)
            .collect();
        for (mask, judged) in sums.masks.iter_mut().zip(&lanes.judged_masks) {
            *mask &= !judged;
        }
        // Whoever counts at one place may be free earlier at another.
        let slices = &self.core.hot.slices;
        let chosen = |lane: u32| {
            let (block, seat) = (lane as usize / LANES, lane as usize % LANES);
            let word = |place: usize| slices.at(block, place).load(Ordering::Relaxed);
            (plan.filter.language.of(word) & plan.filter.sector.of(word)) >> seat & 1 == 1
        };
        let sooner = |bound| {
            let sooner = sooner.iter().filter(|lane| lane.first < bound && lane.earlier >= bound);
            sooner.filter(|lane| chosen(lane.lane)).count() as u32
        };
        let bounds = FREE_WITHIN_DAYS.map(|days| plan.now.plus(days * 86_400));
        // Everybody who counts is free before the window's end.
        let seconds = bounds.map(Moment::seconds);
        let asked_for = &seconds[..bounds.partition_point(|bound| *bound < plan.window.end)];
        let by_column = match plan.column {
            Column::Of(column) => {
                self.way.count_before(&self.core.hot, column, asked_for, &lanes.found, &sums.masks)
            }
            Column::Beyond => [0; 4],
        };
        let mut counts = [total; 4];
        for ((count, by_column), bound) in counts.iter_mut().zip(by_column).zip(&bounds[..asked_for.len()]) {
            let judged = judged.iter().filter(|first| *first < bound).count() as u32;
            *count = by_column + judged + sooner(*bound);
        }
        Some(counts)
    }
}

fn listed(sums: &Sums, slices: impl Iterator<Item = (u8, usize)>) -> Vec<(u8, u32)> {
    ordered(slices.map(|(number, at)| (number, sums.counted[at - Slices::COUNTED])))
}

/// Those of whom there are any, most first, then by number.
fn ordered<N: Ord + Copy>(counts: impl Iterator<Item = (N, u32)>) -> Vec<(N, u32)> {
    let mut kept = Vec::with_capacity(USUALLY);
    kept.extend(counts.filter(|(_, count)| *count > 0));
    kept.sort_unstable_by_key(|(number, count)| (u32::MAX - count, *number));
    kept
}
