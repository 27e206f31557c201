//! Public holidays: fixed days, and days that move with Easter.

use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::Text;

/// When a public holiday falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Falls {
    /// On the same day each year.
    On { month: i8, day: i8 },
    /// So many days after Easter Sunday; negative before it.
    AfterEaster(i32),
}

/// A public holiday of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holiday {
    pub(super) falls: Falls,
    pub(super) name: Text,
}

impl Holiday {
    fn in_year(&self, year: i16) -> Option<Date> {
        match self.falls {
            Falls::On { month, day } => Date::new(year, month, day).ok(),
            Falls::AfterEaster(days) => easter_sunday(year).checked_add(days.days()).ok(),
        }
    }
}

/// Every holiday of the years, in order of date.
pub(super) fn of_years(holidays: &[Holiday], years: RangeInclusive<i16>) -> Vec<(Date, &Text)> {
    let mut days: Vec<(Date, &Text)> = years
        .flat_map(|year| {
            holidays.iter().filter_map(move |holiday| Some((holiday.in_year(year)?, &holiday.name)))
        })
        .collect();
    days.sort_by_key(|(date, _)| *date);
    days
}

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876 (Meeus, *Astronomical Algorithms*, chapter 8).
///
/// # Panics
/// Outside of the years 1583 to 9999, for which the rule is not made.
fn easter_sunday(year: i16) -> Date {
    assert!((1583..=9999).contains(&year), "Easter is computed for the Gregorian calendar");
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, of_century) = (year_number / 100, year_number % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let count = epact + to_sunday - 7 * late + 114;
    // Both fit: the month is 3 or 4, the day at most 31.
    date(year, (count / 31) as i8, (count % 31 + 1) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_almanac_says() {
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2031, 4, 13),
            (2032, 3, 28),
            (2033, 4, 17),
            (2034, 4, 9),
            (2035, 3, 25),
            (2038, 4, 25),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }
}
