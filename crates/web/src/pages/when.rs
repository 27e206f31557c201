//! Dates and times in words, in the visitor's language and always on a location's own clock.
//!
//! Invariant: nothing here reads a clock or the machine's zone. Hours are written with 24 of them in every language.

use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::i18n::Locale;

/// `Thursday 31 December 2026`, `jeudi 31 décembre 2026`.
pub(super) fn date_long(locale: Locale, date: Date) -> String {
    locale.text_with(
        "date-long",
        [
            ("weekday", weekday(locale, "weekday", date).into()),
            ("day", date.day().into()),
            ("month", month(locale, "month", date).into()),
            ("year", date.year().into()),
        ],
    )
}

/// `Thu 31 Dec`, `jeu. 31 déc.`
pub(super) fn date_short(locale: Locale, date: Date) -> String {
    locale.text_with(
        "date-short",
        [
            ("weekday", weekday(locale, "weekday-short", date).into()),
            ("day", date.day().into()),
            ("month", month(locale, "month-short", date).into()),
        ],
    )
}

/// `Thu 31`, `jeu. 31`, where the month is said already.
pub(super) fn day_of_week(locale: Locale, date: Date) -> String {
    let weekday = weekday(locale, "weekday-short", date);
    locale.text_with("date-day-of-week", [("weekday", weekday.into()), ("day", date.day().into())])
}

/// `Thu`, `jeu.`
pub(super) fn weekday_short(locale: Locale, date: Date) -> String {
    weekday(locale, "weekday-short", date)
}

/// `31 Dec`, `31 déc.`
pub(super) fn day_month_short(locale: Locale, date: Date) -> String {
    locale.text_with(
        "date-day-month-short",
        [("day", date.day().into()), ("month", month(locale, "month-short", date).into())],
    )
}

/// `31 December`, `1er janvier`.
pub(super) fn day_month(locale: Locale, date: Date) -> String {
    locale.text_with(
        "date-day-month",
        [("day", date.day().into()), ("month", month(locale, "month", date).into())],
    )
}

/// `31/12/1980`, as forms on paper have it.
pub(super) fn date_numbers(locale: Locale, date: Date) -> String {
    let two = |number: i8| format!("{number:02}");
    locale.text_with(
        "date-numbers",
        [
            ("day", two(date.day()).into()),
            ("month", two(date.month()).into()),
            ("year", date.year().to_string().into()),
        ],
    )
}

/// `Thursday`, `jeudi`.
pub(super) fn weekday_name(locale: Locale, date: Date) -> String {
    weekday(locale, "weekday", date)
}

/// `09:05`.
pub(super) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `Thursday 31 December 2026 at 10:00`.
pub(super) fn moment(locale: Locale, at: &Zoned) -> String {
    locale.text_with(
        "at-time",
        [("date", date_long(locale, at.date()).into()), ("time", clock(at.time()).into())],
    )
}

/// An instant on the clock of a zone with an IANA name; of UTC if the name is unknown.
pub(super) fn on_clock_of(zone: &str, at: Timestamp) -> Zoned {
    at.to_zoned(zone_named(zone))
}

/// The zone with an IANA name, or UTC.
pub(super) fn zone_named(zone: &str) -> TimeZone {
    TimeZone::get(zone).unwrap_or(TimeZone::UTC)
}

/// What people call a zone, from its IANA name: `Indian/Reunion` is `Reunion`. Empty if it is the region's own, `usual`.
pub(super) fn zone_name(zone: &str, usual: &str) -> String {
    if zone == usual {
        return String::new();
    }
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// The week that a text such as `2026-W50` names (ISO 8601), by its Monday.
pub(super) fn week_named(text: &str) -> Option<Date> {
    let (year, week) = text.split_once("-W")?;
    ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok().map(ISOWeekDate::date)
}

/// The name of the week that a date lies in: `2026-W50`.
pub(super) fn week_name(date: Date) -> String {
    let week = date.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// The Monday of the week that a date lies in.
pub(super) fn monday_of(date: Date) -> Date {
    let days = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(jiff::Span::new().days(days)).unwrap_or(date)
}

/// The date so many days later (or earlier).
pub(super) fn days_after(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap_or(date)
}

/// The first instant of a date in a zone.
pub(super) fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn weekday(locale: Locale, kind: &str, date: Date) -> String {
    locale.text(&format!("{kind}-{}", date.weekday().to_monday_one_offset()))
}

fn month(locale: Locale, kind: &str, date: Date) -> String {
    locale.text(&format!("{kind}-{}", date.month()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_read_as_people_write_them() {
        let at = on_clock_of("Europe/Paris", "2026-12-31T09:00:00Z".parse().expect("a literal"));
        assert_eq!(moment(Locale::Fr, &at), "jeudi 31 décembre 2026 à 10:00");
        assert_eq!(moment(Locale::En, &at), "Thursday 31 December 2026 at 10:00");
        assert_eq!(moment(Locale::De, &at), "Donnerstag, 31. Dezember 2026 um 10:00 Uhr");
        assert_eq!(date_short(Locale::De, date(2027, 1, 1)), "Fr., 1. Jan.");
        assert_eq!(day_month(Locale::Fr, date(2027, 1, 1)), "1er janvier");
        assert_eq!(date_short(Locale::Fr, date(2027, 1, 1)), "ven. 1er janv.");
        assert_eq!(date_short(Locale::En, date(2027, 1, 1)), "Fri 1 Jan");
    }

    #[test]
    fn weeks_come_back_from_their_names() {
        assert_eq!(week_named("2026-W50"), Some(date(2026, 12, 7)));
        assert_eq!(week_name(date(2027, 1, 2)), "2026-W53");
        assert_eq!(monday_of(date(2027, 1, 3)), date(2026, 12, 28));
        for wrong in ["", "2026", "2026-W54", "2026-W", "x-W01"] {
            assert_eq!(week_named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_zone_is_named_only_where_it_is_not_the_usual_one() {
        assert_eq!(zone_name("Europe/Paris", "Europe/Paris"), "");
        assert_eq!(zone_name("America/Port-au-Prince", "Europe/Paris"), "Port-au-Prince");
        assert_eq!(zone_name("America/New_York", "Europe/Paris"), "New York");
    }
}
