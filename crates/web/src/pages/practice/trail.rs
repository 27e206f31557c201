//! The trail of the practice: who did what when, in words.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::identity;
use rendez_domain::practice::{self, Doer, Moved, TrailEntry, TrailFilter, Workplace};
use rendez_vocab::{Actor, TimeRange};
use serde::Deserialize;

use super::{at, houses, workplace};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::fields::{Choice, Field};
use crate::pages::page::{Link, Page};
use crate::pages::query::Lenient;
use crate::pages::visitor::Visitor;
use crate::pages::when;

/// What the address asks for. A person is named by an id.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    organization: String,
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    before: String,
}

/// What has a sentence of its own; everything else is told as what it is called.
const ACTIONS: [&str; 34] = [
    "appointment.hold",
    "appointment.assign",
    "appointment.confirm",
    "appointment.cancelled",
    "appointment.arrived",
    "appointment.fulfilled",
    "appointment.no-show",
    "appointment.booked",
    "appointment.reschedule",
    "appointment.expire",
    "appointment.overbook",
    "opening-hours.replace",
    "opening.create",
    "opening.delete",
    "time-off.create",
    "time-off.end",
    "visit-type.change",
    "visit-type.order",
    "practitioner.create",
    "practitioner.update",
    "practitioner.import",
    "location.create",
    "room.create",
    "patient.create",
    "patient.update",
    "patient.block",
    "patient.unblock",
    "staff.invite",
    "staff.join",
    "staff.remove",
    "staff.withdraw",
    "account.forgotten",
    "account.password",
    "account.sessions",
];

/// An entry in words.
struct Line {
    time: String,
    who: String,
    what: String,
    /// Whom or what it concerns, perhaps with a link.
    about: String,
    href: String,
}

/// The entries of one day.
struct Day {
    date: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    page: Page,
    houses: Vec<Link>,
    practice: String,
    organization: String,
    zone: String,
    fields: Vec<Field>,
    days: Vec<Day>,
    older: String,
}

/// `GET /practice/trail`
pub(in crate::pages) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(place) = workplace(&visitor, &asked.organization, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let zone = when::zone_named(place.time_zone());
            let day: Option<Date> = asked.day.parse().ok();
            let within = day.and_then(|date| {
                let next = when::days_after(date, 1);
                TimeRange::new(when::start_of(date, &zone), when::start_of(next, &zone)).ok()
            });
            let filter = TrailFilter {
                within,
                actor: Some(asked.who.clone()).filter(|who| !who.is_empty()),
                before: asked.before.parse().ok(),
            };
            let trail = practice::trail(&visitor.ctx, &place, &filter).await?;
            let mut days: Vec<Day> = Vec::new();
            for entry in &trail.entries {
                let date = when::date_long(visitor.locale, zone.to_datetime(entry.at).date());
                let line = line(&visitor, &place, entry);
                match days.last_mut() {
                    Some(last) if last.date == date => last.lines.push(line),
                    _ => days.push(Day { date, lines: vec![line] }),
                }
            }
            let here = at("/practice/trail", &place);
            let who = crate::pages::error::query_value(&asked.who);
            let day = day.map(|date| date.to_string()).unwrap_or_default();
            let page = TrailPage {
                page: visitor.page().at(here.clone()),
                houses: houses(&visitor, "/practice/trail", &place).await?,
                practice: place.name().to_owned(),
                organization: place.organization().to_string(),
                zone: when::zone_name(place.time_zone(), visitor.ctx.pack.time_zone_name()),
                fields: fields(&visitor, &place, &day, &asked.who).await?,
                days,
                older: trail
                    .next
                    .map(|before| format!("{here}&day={day}&who={who}&before={before}"))
                    .unwrap_or_default(),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

async fn fields(visitor: &Visitor, place: &Workplace, day: &str, who: &str) -> Result<Vec<Field>, PageError> {
    let staff = identity::staff(&visitor.ctx, place.organization()).await?;
    let mut people = vec![Choice::new("", visitor.t("trail-everybody"))];
    people.extend(staff.members.iter().map(|member| {
        let actor = Actor::Staff { subject: member.account.to_string(), organizations: Vec::new() };
        Choice::new(actor.to_string(), member.email.clone())
    }));
    people.extend(
        staff
            .practitioners
            .iter()
            .map(|known| Choice::new(Actor::Practitioner(known.id).to_string(), known.name.clone())),
    );
    people.push(Choice::new("patient", visitor.t("trail-patients")));
    people.push(Choice::new("system", visitor.t("trail-partners")));
    people.push(Choice::new("server", visitor.t("trail-server")));
    people.push(Choice::new("admin", visitor.t("trail-admin")));
    Ok(vec![
        Field::new("date", "day", visitor.t("day-date"), day),
        Field::new("select", "who", visitor.t("trail-who"), who).one_of(people),
    ])
}

fn line(visitor: &Visitor, place: &Workplace, entry: &TrailEntry) -> Line {
    let zone = when::zone_named(place.time_zone());
    let who = match &entry.doer {
        Doer::Named { name, role } if role == "patient" => visitor.page().t1("trail-patient", "name", name),
        Doer::Named { name, .. } => name.clone(),
        Doer::Server => visitor.t("trail-server"),
        Doer::Admin => visitor.t("trail-admin"),
        Doer::Other(name) if name.is_empty() => visitor.t("trail-nobody"),
        Doer::Other(name) => name.clone(),
    };
    let (about, href) = match (&entry.visit, &entry.patient) {
        (Some((id, start, own)), patient) => {
            let when = when::moment(visitor.locale, &when::on_clock_of(own, *start));
            let name = patient.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
            let text = match &entry.moved {
                Some(moved) => moved_text(visitor, name, own, moved),
                None => {
                    visitor.locale.text_with("trail-visit", [("patient", name.into()), ("when", when.into())])
                }
            };
            let why = entry.overbook_reason.as_deref().map(|why| format!(" · {why}")).unwrap_or_default();
            (format!("{text}{why}"), format!("/practice/visits/{id}"))
        }
        (None, Some((id, name))) => (name.clone(), at(&format!("/practice/patients/{id}"), place)),
        (None, None) => {
            (entry.practitioner.clone().or_else(|| entry.member.clone()).unwrap_or_default(), String::new())
        }
    };
    Line {
        time: when::clock(zone.to_datetime(entry.at).time()),
        who,
        what: action_text(visitor, &entry.action),
        about,
        href,
    }
}

/// From when to when, and between whom if that changed.
fn moved_text(visitor: &Visitor, patient: String, zone: &str, moved: &Moved) -> String {
    let at = |at| when::moment(visitor.locale, &when::on_clock_of(zone, at));
    let key =
        if moved.from_practitioner == moved.to_practitioner { "trail-moved" } else { "trail-moved-whom" };
    let arguments = [
        ("patient", patient.into()),
        ("from", at(moved.from).into()),
        ("to", at(moved.to).into()),
        ("before", moved.from_practitioner.clone().into()),
        ("after", moved.to_practitioner.clone().into()),
    ];
    visitor.locale.text_with(key, arguments)
}

/// What was done, as a verb with its object.
fn action_text(visitor: &Visitor, action: &str) -> String {
    match action {
        "staff.desk" | "staff.manager" => visitor.t(&format!("trail-{}", action.replace('.', "-"))),
        known if ACTIONS.contains(&known) => visitor.t(&format!("trail-{}", known.replace('.', "-"))),
        other => visitor.page().t1("trail-other", "action", other.replace(['.', '-'], " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::ACTIONS;
    use crate::i18n::Locale;

    #[test]
    fn every_action_has_words() {
        for action in ACTIONS.into_iter().chain(["staff.desk", "staff.manager"]) {
            let key = format!("trail-{}", action.replace('.', "-"));
            for locale in Locale::ALL {
                assert!(!locale.text(&key).contains("Unknown"), "{key} has no text");
            }
        }
    }
}
