//! Results as a page shows them: who, where, and the next times as buttons.

use jiff::{SignedDuration, Timestamp};
use rendez_domain::search::{Alternatives, Found, Known};

use super::super::views::{SlotButton, Who};
use super::super::visitor::Visitor;
use super::super::when;

/// A practitioner with the next free times.
pub(super) struct Hit {
    /// The only one of this name on the page.
    pub(super) anchor: String,
    pub(super) who: Who,
    pub(super) visit_type: String,
    /// The zone of the times, where it is not the region's own.
    pub(super) zone: String,
    pub(super) slots: Vec<SlotButton>,
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

/// Results in their order.
pub(super) fn hits(visitor: &Visitor, found: &[Found], name: &str) -> Vec<Hit> {
    found.iter().enumerate().filter_map(|(at, found)| hit(visitor, found, format!("{name}-{at}"))).collect()
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

fn hit(visitor: &Visitor, found: &Found, anchor: String) -> Option<Hit> {
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
    Some(Hit {
        anchor,
        who,
        zone: when::zone_name(zone, visitor.ctx.pack.time_zone_name()),
        visit_type: card.visit_type(visit_type).map(|known| known.name.to_owned()).unwrap_or_default(),
        slots: found.starts.iter().map(button).collect(),
    })
}
