//! Opening hours as a person writes them into a cell: `mon-fri 09:00-12:00,14:00-18:00; sat 9:00-12:00`.

use jiff::civil::Time;

/// Weekdays from Monday, in English and French, by their first letters.
const DAYS: [(&str, &str); 7] = [
    ("mon", "lun"),
    ("tue", "mar"),
    ("wed", "mer"),
    ("thu", "jeu"),
    ("fri", "ven"),
    ("sat", "sam"),
    ("sun", "dim"),
];

/// Weekday (Monday is 1), start and end, or what is wrong.
pub(super) fn parse(text: &str) -> Result<Vec<(i16, Time, Time)>, String> {
    let mut hours = Vec::new();
    for part in text.split([';', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        let (days, ranges) = part.split_once(' ').ok_or_else(|| format!("`{part}` has no hours"))?;
        let days = weekdays(days)?;
        for range in ranges.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            let (starts, ends) = range.split_once('-').ok_or_else(|| format!("`{range}` has no end"))?;
            let (starts, ends) = (time(starts)?, time(ends)?);
            if starts == ends && starts != Time::midnight() {
                return Err(format!("`{range}` is empty"));
            }
            hours.extend(days.iter().map(|day| (*day, starts, ends)));
        }
    }
    Ok(hours)
}

/// A weekday in English or French, or a range of them.
fn weekdays(text: &str) -> Result<Vec<i16>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (weekday(first)?, weekday(last)?);
    Ok(if first <= last { (first..=last).collect() } else { (first..=7).chain(1..=last).collect() })
}

/// Monday is 1.
pub(super) fn weekday(text: &str) -> Result<i16, String> {
    let text = text.trim().to_lowercase();
    let begins = |day: &str| text.starts_with(day);
    let found = (1i16..).zip(DAYS).find(|(_, (english, french))| begins(english) || begins(french));
    found.map(|(number, _)| number).ok_or_else(|| format!("`{text}` is no weekday"))
}

fn time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{}` is no time of day", text.trim());
    let (hour, minute) = text.trim().split_once([':', 'h']).ok_or_else(wrong)?;
    let hour: i8 = hour.parse().map_err(|_| wrong())?;
    let minute: i8 = if minute.is_empty() { 0 } else { minute.parse().map_err(|_| wrong())? };
    // The end of the day is the next one's beginning.
    if (hour, minute) == (24, 0) {
        return Ok(Time::midnight());
    }
    Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn a_cell_becomes_weekly_hours() {
        let (nine, noon, two, six) =
            (time(9, 0, 0, 0), time(12, 0, 0, 0), time(14, 0, 0, 0), time(18, 0, 0, 0));
        assert_eq!(
            parse("mon 09:00-12:00,14:00-18:00; mardi 9h-12h").expect("read"),
            [(1, nine, noon), (1, two, six), (2, nine, noon)]
        );
        assert_eq!(parse("sat-mon 18:00-24:00").expect("read").len(), 3);
        assert_eq!(parse(" ").expect("nothing is said"), []);
        for wrong in
            ["mon", "mon 9-12", "noday 09:00-12:00", "mon 09:00", "mon 25:00-26:00", "tue 09:00-09:00"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
