//! When somebody works in the coming 60 days, and what is booked of it.

use rendez_index::{Moment, Shift, Span, VisitType};

use super::dice::Dice;

const DAYS: u32 = 60;
const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;
/// Seconds from midnight in Paris to the present, on the first day.
const SINCE_MIDNIGHT: u32 = 8 * HOUR + HOUR / 2;
/// From this day on the clocks there are an hour behind: 25 October, counted from 7 September.
const WINTER: u32 = 48;

/// Shifts in order, and busy times in order and apart from each other.
///
/// Four or five days a week with a morning and an afternoon, some until the evening, some on Saturdays. How full they
/// are differs from one to the other, around 70 %; the next days are fuller than the last.
pub(crate) fn of_somebody(
    dice: &mut Dice,
    now: Moment,
    visit_types: &[VisitType],
) -> (Vec<Shift>, Vec<Span>) {
    let midnight = now.minus(SINCE_MIDNIGHT);
    let day_off = dice.below(5) as u32;
    let saturdays = dice.percent(20);
    let opens = dice.pick(&[8, 8, 9, 9, 9, 10]) * HOUR + dice.pick(&[0, 0, 1800, 900]);
    let morning = dice.pick(&[180, 180, 210, 240]);
    let afternoon_from = dice.pick(&[13, 14, 14, 14]) * HOUR;
    let afternoon = dice.pick(&[180, 240, 240, 300]);
    let late = dice.percent(25).then(|| dice.below(5) as u32);
    let full_week = dice.percent(50);
    let fullness = 0.31 + dice.part().sqrt() * 0.54;

    let (mut shifts, mut busy) = (Vec::new(), Vec::new());
    for day in 0..DAYS {
        let weekday = day % 7; // the first day is a Monday
        let works = match weekday {
            5 => saturdays,
            6 => false,
            other => full_week || other != day_off,
        };
        if !works {
            continue;
        }
        let midnight = midnight.plus(day * DAY + if day >= WINTER { HOUR } else { 0 });
        let until_late = if late == Some(weekday) { 120 } else { 0 };
        let halves = [(opens, morning), (afternoon_from, afternoon + until_late)];
        for (from, minutes) in &halves[..if weekday == 5 { 1 } else { 2 }] {
            let shift = Shift {
                anchor: midnight.plus(*from),
                span_minutes: *minutes as u16,
                runs_on: false,
                visit_types: u64::MAX,
            };
            // A week full of claims still has a gap where somebody cancelled.
            let booked = fullness * (1.12 - 0.24 * f64::from(day) / f64::from(DAYS));
            book(dice, &shift, visit_types, booked, &mut busy);
            shifts.push(shift);
        }
    }
    (shifts, busy)
}

/// Books visits one behind the other over a shift, each as likely as the shift is full.
fn book(dice: &mut Dice, shift: &Shift, visit_types: &[VisitType], booked: f64, busy: &mut Vec<Span>) {
    let end = shift.anchor.plus(u32::from(shift.span_minutes) * 60);
    let mut start = shift.anchor;
    while start < end {
        let visit_type = visit_types[dice.below(visit_types.len() as u64) as usize];
        let until = start.plus(visit_type.step());
        if dice.part() < booked {
            match busy.last_mut() {
                Some(last) if last.end == start => last.end = until,
                _ => busy.push(Span::new(start, until)),
            }
        }
        start = until;
    }
}
