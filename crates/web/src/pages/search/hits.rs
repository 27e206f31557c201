//! Results as a page shows them: who, where, and the next times as buttons.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::search::{Alternatives, Found, Known};

use super::super::views::{SlotButton, Who};
use super::super::visitor::Visitor;
use super::super::when;
use super::asked::{DAYS_AHEAD, STARTS_A_DAY};

/// A practitioner with the next free times.
pub(super) struct Hit {
    /// The only one of this name on the page.
    pub(super) anchor: String,
    pub(super) who: Who,
    pub(super) visit_type: String,
    /// The zone of the times, where it is not the region's own.
    pub(super) zone: String,
    /// The next times, where none of the days side by side has any.
    pub(super) slots: Vec<SlotButton>,
    /// The coming days side by side; none where `slots` are shown.
    pub(super) days: Vec<DayColumn>,
    /// Its number on the map; 0 if it is not there.
    pub(super) number: usize,
}

/// A day beside a result.
pub(super) struct DayColumn {
    /// `Thu`.
    pub(super) weekday: String,
    /// `31 Dec`.
    pub(super) date: String,
    pub(super) slots: Vec<SlotButton>,
    /// Whether there are times that are not shown.
    pub(super) more: bool,
}

/// A practitioner without times, to call.
pub(super) struct ToCall {
    /// The only one of this name on the page.
    pub(super) anchor: String,
    pub(super) who: Who,
}

/// Who matches but for the time.
pub(super) fn to_call(visitor: &Visitor, known: &[Known]) -> Vec<ToCall> {
    let one = |(at, known): (usize, &Known)| {
        let card = known.card()?;
        let location = known.location.and_then(|place| card.location(place));
        let who = Who::found(visitor, known.practitioner, &card, location, known.metres);
        Some(ToCall { anchor: format!("call-{at}"), who })
    };
    known.iter().enumerate().filter_map(one).collect()
}

/// Results under a heading of their own.
pub(super) struct Group {
    pub(super) heading: String,
    pub(super) hits: Vec<Hit>,
}

/// Results in their order, with the same days of each side by side: from the first on which any of them is free.
pub(super) fn hits(visitor: &Visitor, found: &[Found], name: &str) -> Vec<Hit> {
    let free = found.iter().filter_map(|found| Some(local(found)?.to_datetime(*found.ahead.first()?).date()));
    let from = free.min();
    found
        .iter()
        .enumerate()
        .filter_map(|(at, found)| hit(visitor, found, format!("{name}-{at}"), from))
        .collect()
}

/// The clock of the place where somebody was found.
fn local(found: &Found) -> Option<TimeZone> {
    Some(when::zone_named(found.card()?.location(found.location)?.time_zone))
}

/// What comes close, by how it differs; only the groups that have somebody.
pub(super) fn groups(visitor: &Visitor, alternatives: &Alternatives) -> Vec<Group> {
    [
        ("later", &alternatives.later),
        ("farther", &alternatives.farther),
        ("telehealth", &alternatives.telehealth),
    ]
    .into_iter()
    .filter(|(_, found)| !found.is_empty())
    .map(|(name, found)| Group {
        heading: visitor.t(&format!("search-instead-{name}")),
        hits: hits(visitor, found, name),
    })
    .collect()
}

fn hit(visitor: &Visitor, found: &Found, anchor: String, from: Option<Date>) -> Option<Hit> {
    let card = found.card()?;
    let location = card.location(found.location);
    let zone = location.map_or("UTC", |location| location.time_zone);
    let mut who = Who::found(visitor, found.practitioner, &card, location, found.metres);
    let visit_type = found.visit_type;
    if let Some(first) = found.starts.first() {
        let week = when::week_name(when::on_clock_of(zone, *first).date());
        who.href = format!("{}?visit_type={visit_type}&week={week}", who.href);
    }
    let length = SignedDuration::from_mins(found.duration_minutes.into());
    let button = |start: &Timestamp| {
        SlotButton::at(visitor, found.practitioner, visit_type, *start, *start + length, zone)
    };
    let days = from.map(|from| days(visitor, from, zone, found.ahead.iter().map(button))).unwrap_or_default();
    // Who is free later only shows when.
    let days = if days.iter().any(|day| !day.slots.is_empty()) { days } else { Vec::new() };
    Some(Hit {
        number: 0,
        anchor,
        who,
        zone: when::zone_name(zone, visitor.ctx.pack.time_zone_name()),
        visit_type: card.visit_type(visit_type).map(|known| known.name.to_owned()).unwrap_or_default(),
        slots: if days.is_empty() { found.starts.iter().map(button).collect() } else { Vec::new() },
        days,
    })
}

/// Times by the days on which they are, the days without any too.
fn days(
    visitor: &Visitor,
    from: Date,
    zone: &str,
    buttons: impl Iterator<Item = SlotButton>,
) -> Vec<DayColumn> {
    let mut days: Vec<(Date, DayColumn)> = (0..i64::from(DAYS_AHEAD))
        .map(|day| {
            let date = when::days_after(from, day);
            let weekday = when::weekday_short(visitor.locale, date);
            let column = DayColumn {
                weekday,
                date: when::day_month_short(visitor.locale, date),
                slots: Vec::new(),
                more: false,
            };
            (date, column)
        })
        .collect();
    for button in buttons {
        let start = Timestamp::from_second(button.start).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = when::on_clock_of(zone, start).date();
        if let Some((_, column)) = days.iter_mut().find(|(day, _)| *day == date) {
            if column.slots.len() < usize::from(STARTS_A_DAY) {
                column.slots.push(button)
            } else {
                column.more = true
            }
        }
    }
    days.into_iter().map(|(_, column)| column).collect()
}
