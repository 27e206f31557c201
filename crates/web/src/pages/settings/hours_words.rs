//! Opening hours in sentences, and what differs between two of them.

use rendez_domain::directory::{Location, OpeningHours, Practitioner, WeeklyOpening};

use crate::pages::visitor::Visitor;
use crate::pages::when;

/// What stands in one and not in the other.
pub(super) struct Difference {
    /// Saved by somebody else, and missing in the form.
    pub(super) theirs: Vec<String>,
    /// In the form, and not saved.
    pub(super) yours: Vec<String>,
}

/// What differs between the hours that are saved and those of a form.
pub(super) fn difference(
    visitor: &Visitor,
    person: &Practitioner,
    locations: &[Location],
    saved: &OpeningHours,
    form: &OpeningHours,
) -> Difference {
    let (saved, form) = (words(visitor, person, locations, saved), words(visitor, person, locations, form));
    let without = |these: &[String], others: &[String]| {
        these.iter().filter(|line| !others.contains(line)).cloned().collect()
    };
    Difference { theirs: without(&saved, &form), yours: without(&form, &saved) }
}

fn words(
    visitor: &Visitor,
    person: &Practitioner,
    locations: &[Location],
    hours: &OpeningHours,
) -> Vec<String> {
    let mut lines: Vec<String> =
        hours.weekly.iter().map(|rule| rule_in_words(visitor, person, locations, rule)).collect();
    lines.extend(hours.closures.iter().map(|(starts, ends, reason)| {
        let moment = |at: &jiff::civil::DateTime| {
            format!("{} {}", when::date_long(visitor.locale, at.date()), when::clock(at.time()))
        };
        let (from, until) = (moment(starts), moment(ends));
        let line =
            visitor.locale.text_with("hours-closed-line", [("from", from.into()), ("until", until.into())]);
        reason.as_ref().map_or(line.clone(), |reason| format!("{line} · {reason}"))
    }));
    if hours.works_public_holidays == Some(true) {
        lines.push(visitor.t("hours-holidays"));
    }
    lines
}

fn rule_in_words(
    visitor: &Visitor,
    person: &Practitioner,
    locations: &[Location],
    rule: &WeeklyOpening,
) -> String {
    let weekday = visitor.t(&format!("weekday-{}", rule.weekday.to_monday_one_offset()));
    let mut parts = vec![format!("{weekday} {}–{}", when::clock(rule.starts), when::clock(rule.ends))];
    let main = locations.first().map(|place| place.id);
    if rule.location.is_some() && rule.location != main {
        parts.extend(locations.iter().filter(|at| Some(at.id) == rule.location).map(|at| at.name.clone()));
    }
    if rule.every_weeks > 1 {
        parts.push(visitor.page().tn("hours-every-weeks", "weeks", u64::from(rule.every_weeks)));
    }
    for (key, date) in [("hours-line-from", rule.valid_from), ("hours-line-until", rule.valid_until)] {
        parts.extend(date.map(|date| {
            let date = when::date_long(visitor.locale, date);
            visitor.locale.text_with(key, [("date", date.into())])
        }));
    }
    let named = person.visit_types.iter().filter(|known| rule.visit_types.contains(&known.id));
    parts.extend(named.map(|known| known.name.clone()));
    parts.join(" · ")
}
