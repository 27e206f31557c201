//! Weekly rules and one-off openings as shifts: ranges of instants, before anything is taken away from them.
//!
//! A weekly shift belongs to the date on which it starts: its weekday, validity, week count and holiday are judged by
//! that date, wherever it ends.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{OpeningId, VisitTypeId};

use super::model::{OpeningRule, Schedule, ScheduleLocation};
use super::wall;

/// What opened a time. One-off openings sort before weekly rules: the order in which they win a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A one-off opening.
    Opening(OpeningId),
    /// The weekly rule with this index in [`Schedule::rules`].
    Rule(usize),
}

/// One opening on the timeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift<'a> {
    /// From its own start to its own end.
    pub range: TimeRange,
    /// Where.
    pub location: &'a ScheduleLocation,
    /// What opened it.
    pub source: Source,
    /// Whether it falls away because it starts on a public holiday.
    pub on_holiday: bool,
}

impl Shift<'_> {
    /// The start of the first slot: slots start on whole seconds.
    pub(super) fn anchor(&self) -> Timestamp {
        let start = self.range.start();
        match start.subsec_nanosecond() {
            0 => start,
            // Below 1970 the fraction is negative, and cutting it off is rounding up.
            fraction => Timestamp::from_second(start.as_second() + i64::from(fraction > 0)).unwrap_or(start),
        }
    }
}

/// Every shift that has an instant in common with `span`, of one visit type or of all, in no order.
pub(super) fn shifts(
    schedule: &Schedule,
    visit_type: Option<VisitTypeId>,
    span: TimeRange,
) -> Vec<Shift<'_>> {
    let mut found = Vec::new();
    for opening in &schedule.openings {
        if opening.range.overlaps(span)
            && admits(&opening.visit_types, visit_type)
            && let Some(location) = schedule.location(opening.location)
        {
            let source = Source::Opening(opening.id);
            found.push(Shift { range: opening.range, location, source, on_holiday: false });
        }
    }
    for location in &schedule.locations {
        let (first, last) = dates(location, span);
        for (index, rule) in schedule.rules.iter().enumerate() {
            if rule.location != location.id || !admits(&rule.visit_types, visit_type) {
                continue;
            }
            for date in days(rule, first, last) {
                if let Some(range) = shift_of(rule, location, date).filter(|range| range.overlaps(span)) {
                    let on_holiday = !schedule.works_public_holidays && schedule.holidays.contains(date);
                    found.push(Shift { range, location, source: Source::Rule(index), on_holiday });
                }
            }
        }
    }
    found
}

/// The dates on which a shift may start that overlaps `span`: one day more in front, because a shift may pass midnight,
/// and one behind, because a clock that is set back over midnight shows the earlier date later.
pub(super) fn dates(location: &ScheduleLocation, span: TimeRange) -> (Date, Date) {
    let first = wall::date(&location.time_zone, span.start());
    let last = wall::date(&location.time_zone, span.end());
    (first.yesterday().unwrap_or(first), last.tomorrow().unwrap_or(last))
}

fn admits(only: &[VisitTypeId], visit_type: Option<VisitTypeId>) -> bool {
    only.is_empty() || visit_type.is_none_or(|id| only.contains(&id))
}

/// The dates from `first` to `last` on which a shift of the rule starts.
fn days(rule: &OpeningRule, first: Date, last: Date) -> impl Iterator<Item = Date> {
    let first = rule.valid_from.map_or(first, |from| from.max(first));
    let last = rule.valid_until.map_or(last, |until| until.min(last));
    let ahead = i64::from(first.weekday().until(rule.weekday));
    let start = first.checked_add(ahead.days()).ok();
    std::iter::successors(start, |date| date.checked_add(7.days()).ok())
        .take_while(move |date| *date <= last)
        .filter(move |date| counts_week(rule, *date))
}

/// Whether the week of `date` is one of every n, counted from the ISO week in which the rule begins.
pub(super) fn counts_week(rule: &OpeningRule, date: Date) -> bool {
    match rule.valid_from {
        Some(from) if rule.every_weeks > 1 => {
            let weeks = (monday(date) - monday(from)).get_days() / 7;
            weeks % i32::from(rule.every_weeks) == 0
        }
        _ => true,
    }
}

/// The Monday of the ISO 8601 week of `date`.
fn monday(date: Date) -> Date {
    let since = i64::from(Weekday::Monday.until(date.weekday()));
    date.checked_sub(since.days()).unwrap_or(date)
}

/// The shift of the rule that starts on `date`; `None` where a changing clock skips all of it.
pub(super) fn shift_of(rule: &OpeningRule, location: &ScheduleLocation, date: Date) -> Option<TimeRange> {
    let ends_on = if rule.ends <= rule.starts { date.tomorrow().ok()? } else { date };
    wall::range(&location.time_zone, date.to_datetime(rule.starts), ends_on.to_datetime(rule.ends))
}
