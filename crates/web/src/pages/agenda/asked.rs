//! What an agenda's address asks for, and the addresses of other agendas.
//!
//! Invariant: only practitioners and rooms that the visitor may see are ever asked for; any other is not there. An
//! address names records by their ids and nobody by name.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use jiff::civil::Date;
use rendez_domain::agenda::MOST_COLUMNS;
use rendez_domain::directory::{self, Practitioner, Room};
use rendez_domain::identity::access;
use rendez_vocab::Actor;
use rendez_vocab::ids::{AppointmentId, PractitionerId, RoomId};
use serde::Deserialize;

use super::super::error::PageError;
use super::super::visitor::{Visitor, local};
use super::super::when;

/// So many practitioners are shown when nobody has chosen.
const AT_FIRST: usize = 6;
/// So many practitioners and rooms stand side by side in a week, with seven columns each.
pub(super) const MOST_IN_A_WEEK: usize = 6;

/// The query of the address.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    /// `day`, `week` or `month`.
    #[serde(default)]
    view: String,
    /// Such as `2026-12-30`; today when left out.
    #[serde(default)]
    date: String,
    /// Ids of practitioners and rooms, with commas between.
    #[serde(default)]
    who: String,
    /// `all` for the whole day.
    #[serde(default)]
    hours: String,
    /// The visit that looks for another time.
    #[serde(default, rename = "move")]
    moving: String,
    /// What has just been done, to which visit, and where that was before.
    #[serde(default)]
    pub(super) done: String,
    #[serde(default)]
    pub(super) about: String,
    #[serde(default)]
    pub(super) was: String,
    /// For a part of the page: these columns only, from this hour to that one.
    #[serde(default)]
    pub(super) only: String,
    #[serde(default)]
    span: String,
}

/// How much time is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Day,
    Week,
    Month,
}

impl View {
    pub(super) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// Everybody and everything that the visitor's practice could show.
pub(super) struct House {
    pub(super) people: Vec<Practitioner>,
    pub(super) rooms: Vec<Room>,
}

impl House {
    pub(super) async fn of(visitor: &Visitor) -> Result<Self, PageError> {
        let ctx = &visitor.ctx;
        Ok(match &ctx.actor {
            Actor::Practitioner(own) => {
                Self { people: vec![directory::practitioner(ctx, *own).await?], rooms: Vec::new() }
            }
            Actor::Staff { organizations, .. } => Self {
                people: directory::practitioners_of(ctx, organizations).await?,
                rooms: directory::rooms_of(ctx, organizations).await?,
            },
            _ => Self { people: Vec::new(), rooms: Vec::new() },
        })
    }
}

/// What is shown.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) view: View,
    pub(super) date: Date,
    pub(super) people: Vec<Practitioner>,
    pub(super) rooms: Vec<Room>,
    pub(super) whole_day: bool,
    /// Days of several practitioners and rooms stand side by side: each column says whose it is.
    pub(super) several: bool,
    /// The id of whose column comes first; empty if nobody's does.
    pub(super) leader: String,
    /// More were asked for than a week shows.
    pub(super) left_out: bool,
    pub(super) moving: Option<AppointmentId>,
    /// The hours that a part of the page must keep to.
    pub(super) span: Option<(i8, i8)>,
}

impl Question {
    /// Reads the query; `None` if there is nobody to show.
    pub(super) async fn read(
        visitor: &Visitor,
        asked: &Asked,
        house: &House,
    ) -> Result<Option<Self>, PageError> {
        let (mut people, mut rooms, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
        for id in asked.who.split(',').filter(|id| !id.is_empty()).take(MOST_COLUMNS) {
            if let Ok(id) = id.parse::<PractitionerId>() {
                match house.people.iter().find(|person| person.id == id) {
                    Some(person) => people.push(person.clone()),
                    None => strangers.push(id),
                }
            } else {
                // An old or mistyped address still shows the day.
                let Ok(id) = id.parse::<RoomId>() else { continue };
                let room = house.rooms.iter().find(|room| room.id == id).ok_or(PageError::NotFound)?;
                rooms.push(room.clone());
            }
        }
        if !strangers.is_empty() {
            let found = directory::practitioners_by_id(&visitor.ctx, &strangers).await?;
            if found.len() < strangers.len() {
                return Err(PageError::NotFound);
            }
            for person in found {
                may_manage(visitor, &person)?;
                people.push(person);
            }
        }
        if people.is_empty() && rooms.is_empty() {
            people.extend(house.people.iter().take(AT_FIRST).cloned());
        }
        people.dedup_by_key(|person| person.id);
        let Some(zone) = people.first().or(house.people.first()).map(zone_of) else { return Ok(None) };
        let view = View::ALL.into_iter().find(|view| view.name() == asked.view).unwrap_or(View::Day);
        // A month counts visits of people; a room has days and weeks.
        let view = if people.is_empty() && view == View::Month { View::Day } else { view };
        let today = when::on_clock_of(zone, visitor.ctx.clock.now()).date();
        let left_out = view == View::Week && people.len() + rooms.len() > MOST_IN_A_WEEK;
        if left_out {
            people.truncate(MOST_IN_A_WEEK);
            rooms.truncate(MOST_IN_A_WEEK - people.len());
        }
        let leader = people.first().map(|person| person.id.to_string());
        let leader = leader.or_else(|| rooms.first().map(|room| room.id.to_string()));
        Ok(Some(Self {
            view,
            leader: leader.unwrap_or_default(),
            date: asked.date.parse().ok().filter(|date| is_near(*date)).unwrap_or(today),
            several: people.len() + rooms.len() > 1,
            left_out,
            people,
            rooms,
            whole_day: asked.hours == "all",
            moving: asked.moving.parse().ok(),
            span: hours_of(&asked.span),
        }))
    }

    /// Keeps those practitioners and rooms of whom a column is among these keys ([`Column::key`](super::grid::Column)).
    pub(super) fn keep_only(&mut self, keys: &str) {
        let only: BTreeSet<&str> = keys
            .split(',')
            .map(|key| match self.view {
                // A day of the week stands behind the id.
                View::Week => key.rsplit_once('_').map_or(key, |(id, _)| id),
                _ => key,
            })
            .collect();
        self.people.retain(|person| only.contains(person.id.to_string().as_str()));
        self.rooms.retain(|room| only.contains(room.id.to_string().as_str()));
    }

    /// Whether each day has a column of several people or rooms.
    pub(super) fn has_weeks_side_by_side(&self) -> bool {
        self.view == View::Week && self.several
    }

    /// The practitioners and rooms shown, as an address writes them.
    pub(super) fn who(&self) -> Vec<String> {
        let people = self.people.iter().map(|person| person.id.to_string());
        people.chain(self.rooms.iter().map(|room| room.id.to_string())).collect()
    }

    /// The agenda like this one, at another date or in another view.
    pub(super) fn at(&self, view: View, date: Date) -> String {
        self.address(view, date, &self.who(), self.whole_day)
    }

    /// The agenda like this one of other practitioners and rooms.
    pub(super) fn of(&self, who: &[String]) -> String {
        self.address(self.view, self.date, who, self.whole_day)
    }

    /// The week of one practitioner or room.
    pub(super) fn week_of(&self, id: impl ToString) -> String {
        self.address(View::Week, self.date, &[id.to_string()], self.whole_day)
    }

    /// The agenda like this one with more or fewer hours.
    pub(super) fn with_hours(&self, whole_day: bool) -> String {
        self.address(self.view, self.date, &self.who(), whole_day)
    }

    /// This very agenda, when no visit is being moved.
    pub(super) fn at_rest(&self) -> String {
        Self { moving: None, ..self.clone() }.at(self.view, self.date)
    }

    fn address(&self, view: View, date: Date, who: &[String], whole_day: bool) -> String {
        let mut address = format!("/practice/agenda?view={}&date={date}&who={}", view.name(), who.join(","));
        if whole_day {
            address.push_str("&hours=all");
        }
        if let Some(visit) = self.moving {
            address.push_str(&format!("&move={visit}"));
        }
        address
    }
}

/// The zone of a practitioner's main place.
pub(super) fn zone_of(person: &Practitioner) -> &str {
    person.locations.first().map_or("UTC", |location| location.time_zone.as_str())
}

/// Whoever may not write into a practitioner's day does not see it either.
pub(super) fn may_manage(visitor: &Visitor, person: &Practitioner) -> Result<(), PageError> {
    access::manage_practitioner(&visitor.ctx.actor, person.id, person.organization)
        .map_err(|_| PageError::NotFound)
}

/// Dates for which every computation has room.
pub(super) fn is_near(date: Date) -> bool {
    (1900..=2200).contains(&date.year())
}

fn hours_of(span: &str) -> Option<(i8, i8)> {
    let (from, until) = span.split_once('-')?;
    let (from, until) = (from.parse().ok()?, until.parse().ok()?);
    (0 <= from && from < until && until <= 24).then_some((from, until))
}

/// The agenda that a link was pressed in, so that a form leads back to it.
pub(super) fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    referer.find("/practice/agenda").map(|at| referer[at..].to_owned()).unwrap_or_default()
}

/// Where a form leads back to: the agenda that it came from, or one of this practitioner on this day.
pub(super) fn way_back(back: &str, practitioner: PractitionerId, date: Date) -> String {
    match local(back) {
        agenda if agenda == "/practice/agenda" || agenda.starts_with("/practice/agenda?") => {
            let (path, query) = agenda.split_once('?').unwrap_or((agenda, ""));
            let news = ["done=", "about=", "was=", "move="];
            let kept = query.split('&').filter(|pair| !news.iter().any(|name| pair.starts_with(name)));
            format!("{path}?{}", kept.collect::<Vec<_>>().join("&"))
        }
        _ => format!("/practice/agenda?view=day&date={date}&who={practitioner}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_form_leads_back_to_an_agenda_and_nowhere_else() {
        let person = PractitionerId::from_uuid(uuid::Uuid::nil());
        let day = date(2026, 12, 30);
        let usual = format!("/practice/agenda?view=day&date=2026-12-30&who={person}");
        for elsewhere in
            ["", "/visits", "https://evil.example/practice/agenda", "//practice/agenda", "/practice/agendas"]
        {
            assert_eq!(way_back(elsewhere, person, day), usual, "{elsewhere}");
        }
        let back =
            way_back("/practice/agenda?view=week&done=moved&about=x&was=y&who=a,b&move=z", person, day);
        assert_eq!(back, "/practice/agenda?view=week&who=a,b");
    }

    #[test]
    fn only_hours_of_a_day_are_a_span() {
        assert_eq!(hours_of("8-19"), Some((8, 19)));
        assert_eq!(hours_of("0-24"), Some((0, 24)));
        for wrong in ["", "8", "19-8", "8-25", "-1-8", "a-b"] {
            assert_eq!(hours_of(wrong), None, "{wrong}");
        }
    }
}
