//! What the clinic's own desk has booked: the coming weeks as few, long blocks.
//!
//! The coming days are nearly full and later ones less so. Neighbouring bookings are one block, across nights and lunches
//! too, because what counts is the time between them; a block is never longer than a claim may be.

use super::calendar::{DAYS_AHEAD, Day};
use super::week::Shift;
use crate::bulk::dice::Dice;

/// No claim is longer (constraint `claim_range`), in seconds.
const LONGEST: i64 = 48 * 3600;

/// Busy time and what it is a part of, in seconds.
#[derive(Debug, Default)]
pub(super) struct Busy {
    /// From when to when, in Unix seconds, in order and apart.
    pub(super) blocks: Vec<(i64, i64)>,
    /// How long the shifts are in all.
    pub(super) opened: i64,
    /// How much of that is taken.
    pub(super) taken: i64,
    /// Whether nothing has been free since the last block.
    solid: bool,
}

/// Takes about the share `demand` of somebody's coming days, in visits of `minutes`.
pub(super) fn draw(
    week: &[Shift],
    days: &[Day],
    works_holidays: bool,
    minutes: i64,
    demand: f64,
    dice: &Dice,
) -> Busy {
    let mut busy = Busy::default();
    for (ahead, day) in days.iter().enumerate() {
        if day.holiday && !works_holidays {
            continue;
        }
        let near = 0.5 - ahead as f64 / DAYS_AHEAD as f64;
        let share = (demand + 0.5 * near).clamp(0.0, 1.0);
        // A mixed day is taken to three fifths.
        let mixed = (1.6 * share * (1.0 - share)).min(0.4);
        let thrown = dice.unit();
        for shift in week.iter().filter(|shift| shift.weekday == day.weekday) {
            let (starts, ends) = (day.at(shift.starts), day.at(shift.ends));
            if thrown < mixed {
                busy.shift((starts, ends), Some(part(starts, ends, minutes * 60, dice)));
            } else if thrown < share + 0.4 * mixed {
                busy.shift((starts, ends), Some((starts, ends)));
            } else {
                busy.shift((starts, ends), None);
            }
        }
    }
    busy
}

/// Some visits in a row, at the start, in the middle or at the end of a shift.
fn part(starts: i64, ends: i64, visit: i64, dice: &Dice) -> (i64, i64) {
    let visits = (ends - starts) / visit;
    let taken = dice.between((visits * 3 / 10).max(1), (visits * 9 / 10).max(1));
    let first = match dice.below(3) {
        0 => 0,
        1 => dice.between(0, (visits - taken).max(0)),
        _ => (visits - taken).max(0),
    };
    (starts + first * visit, (starts + (first + taken) * visit).min(ends))
}

impl Busy {
    /// Adds a shift with the part of it that is taken.
    fn shift(&mut self, (starts, ends): (i64, i64), taken: Option<(i64, i64)>) {
        self.opened += ends - starts;
        let Some((from, to)) = taken else {
            self.solid = false;
            return;
        };
        self.taken += to - from;
        match self.blocks.last_mut() {
            Some(block) if self.solid && from == starts && to - block.0 <= LONGEST => block.1 = to,
            _ => self.blocks.push((from, to)),
        }
        self.solid = to == ends;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rendez_domain::regions::packs;

    use super::super::calendar::ComingDays;
    use super::super::week;
    use super::*;

    #[test]
    fn blocks_are_apart_and_not_too_long_and_take_the_share_that_was_asked_for() {
        let days = ComingDays::new(&packs()[0], date(2026, 3, 2)).expect("France has zones");
        let dice = Dice::new(4);
        let (mut opened, mut taken, mut blocks) = (0, 0, 0);
        for _ in 0..2_000 {
            let week = week::draw(false, &dice);
            let busy = draw(&week, days.of("Europe/Paris"), false, 20, 0.7, &dice);
            assert!(busy.blocks.iter().all(|(from, to)| from < to && to - from <= LONGEST));
            assert!(busy.blocks.windows(2).all(|pair| pair[0].1 <= pair[1].0));
            assert!(busy.taken <= busy.opened);
            opened += busy.opened;
            taken += busy.taken;
            blocks += busy.blocks.len();
        }
        let share = taken as f64 / opened as f64;
        assert!((0.66..0.74).contains(&share), "{share}");
        assert!((20..36).contains(&(blocks / 2_000)), "{} blocks each", blocks / 2_000);
    }

    #[test]
    fn a_night_does_not_part_two_full_days_but_free_time_does() {
        let mut busy = Busy::default();
        busy.shift((0, 100), Some((0, 100)));
        busy.shift((200, 300), Some((200, 250)));
        busy.shift((400, 500), Some((400, 500)));
        busy.shift((600, 700), None);
        busy.shift((800, 900), Some((850, 900)));
        assert_eq!(busy.blocks, [(0, 250), (400, 500), (850, 900)]);
        assert_eq!((busy.opened, busy.taken), (500, 300));
    }
}
