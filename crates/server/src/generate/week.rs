//! When somebody works: four or five days with a morning and an afternoon, some evenings and Saturdays.

use jiff::civil::Weekday;

use crate::bulk::dice::Dice;

const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// A range of one weekday, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    /// The day.
    pub(super) weekday: Weekday,
    /// Its start.
    pub(super) starts: i64,
    /// Its end.
    pub(super) ends: i64,
    /// Whether it takes place at the practice's second location.
    pub(super) elsewhere: bool,
}

/// A week in the order of its days. `two_places` says whether one day may be at the second location.
pub(super) fn draw(two_places: bool, dice: &Dice) -> Vec<Shift> {
    let opens = *dice.pick(&[480, 510, 510, 540, 540, 600]);
    let lunch = *dice.pick(&[720, 720, 750, 780]);
    let resumes = *dice.pick(&[810, 840, 840, 870]);
    let closes = *dice.pick(&[1020, 1080, 1080, 1110, 1140]);
    let free = dice.chance(55).then(|| *dice.pick(&WORKDAYS));
    let late = dice.chance(12).then(|| *dice.pick(&WORKDAYS));
    let away = two_places.then(|| *dice.pick(&WORKDAYS));
    let mut week = Vec::with_capacity(11);
    for weekday in WORKDAYS.into_iter().filter(|day| free != Some(*day)) {
        let elsewhere = away == Some(weekday);
        let mut work = |starts, ends| week.push(Shift { weekday, starts, ends, elsewhere });
        if !dice.chance(8) {
            work(opens, lunch);
        }
        if !dice.chance(15) {
            work(resumes, if late == Some(weekday) { 1230 } else { closes });
        }
    }
    if week.is_empty() || dice.chance(18) {
        week.push(Shift { weekday: Weekday::Saturday, starts: 540, ends: 720, elsewhere: false });
    }
    week
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_of_four_or_five_days_and_their_shifts_do_not_overlap() {
        let dice = Dice::new(3);
        let mut shifts = 0;
        for _ in 0..500 {
            let week = draw(true, &dice);
            assert!((1..=11).contains(&week.len()));
            assert!(week.iter().all(|shift| shift.starts < shift.ends));
            let ordered = |pair: &[Shift]| {
                let day = |shift: &Shift| shift.weekday.to_monday_zero_offset();
                day(&pair[0]) < day(&pair[1])
                    || (day(&pair[0]) == day(&pair[1]) && pair[0].ends <= pair[1].starts)
            };
            assert!(week.windows(2).all(ordered), "{week:?}");
            shifts += week.len();
        }
        assert!((3_500..4_500).contains(&shifts), "{shifts}");
    }
}
