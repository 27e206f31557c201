//! The practice's agenda: days and weeks of practitioners and rooms side by side, months in counts.
//!
//! It works without a script: every visit and every empty time is a link. `agenda.js` opens them over the agenda, moves
//! visits by dragging, and follows changes. Invariant: the whole page and the parts that the script asks for are made
//! by the same code.

mod asked;
mod block;
mod book;
mod finding;
mod grid;
mod live;
mod month;
mod place;
mod visit;
mod why;
mod words;

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use rendez_domain::agenda::{self, AgendaRequest, Reading};
use rendez_domain::booking;
use rendez_domain::directory::{self, Practitioner, Room};
use rendez_domain::identity::access;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, LocationId, PractitionerId};

use self::asked::{Asked, House, MOST_IN_A_WEEK, Question, View, zone_of};
use self::grid::{Colour, Grid, Maker};
use self::month::Month;
use super::day::whose_day;
use super::error::PageError;
use super::page::{Link, Notice, Page};
use super::query::Lenient;
use super::views::name_of;
use super::visitor::Visitor;
use super::when;

pub(super) use self::block::{block, unblock};
pub(super) use self::book::{book, form};
pub(super) use self::finding::find;
pub(super) use self::live::stream;
pub(super) use self::visit::{cancel, move_form, move_visit, show as visit};

/// A way back after a move.
struct Undo {
    id: String,
    version: i64,
    practitioner: String,
    start: String,
}

/// The visit that looks for another time.
struct Moving {
    text: String,
    stop: String,
}

#[derive(Template)]
#[template(path = "agenda.html")]
struct AgendaPage {
    page: Page,
    heading: String,
    notice: Option<Notice>,
    undo: Option<Undo>,
    moving: Option<Moving>,
    previous: String,
    next: String,
    today: String,
    date: String,
    who: String,
    view: &'static str,
    views: Vec<Link>,
    people: Vec<Link>,
    rooms: Vec<Link>,
    hours: Link,
    whole_day: bool,
    day_list: String,
    /// This very agenda: where forms come back to.
    here: String,
    cut: bool,
    /// More were chosen than a week shows.
    left_out: String,
    legend: Vec<Colour>,
    grids: Vec<Grid>,
    month: Option<Month>,
}

#[derive(Template)]
#[template(path = "agenda_body.html")]
struct AgendaBody {
    page: Page,
    grids: Vec<Grid>,
    month: Option<Month>,
    legend: Vec<Colour>,
    view: &'static str,
}

/// What the page and its parts have in common.
struct Body {
    grids: Vec<Grid>,
    month: Option<Month>,
    legend: Vec<Colour>,
    reading: Option<Reading>,
}

/// `GET /practice/agenda`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let house = House::of(&visitor).await?;
            let Some(question) = Question::read(&visitor, &asked, &house).await? else {
                return Ok(whose_day(&visitor));
            };
            let about: Option<AppointmentId> = asked.about.parse().ok();
            let body = body(&visitor, &question, &house, about).await?.ok_or(PageError::NotFound)?;
            let page = page(&visitor, &asked, &question, &house, body, about).await?;
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `GET /practice/agenda/columns`: some columns of an agenda as they are now, for the script.
pub(super) async fn columns(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let house = House::of(&visitor).await?;
            let question = Question::read(&visitor, &asked, &house).await?;
            let mut question = question.ok_or(PageError::NotFound)?;
            if !asked.only.is_empty() {
                question.keep_only(&asked.only);
            }
            let body = match body(&visitor, &question, &house, None).await? {
                Some(body) => body,
                // The hours shown do not suffice any more: all columns, with those that do.
                None => {
                    let question =
                        Question::read(&visitor, &asked, &house).await?.ok_or(PageError::NotFound)?;
                    let question = Question { span: None, ..question };
                    body_of_all(&visitor, &question, &house).await?
                }
            };
            let Body { grids, month, legend, .. } = body;
            let view = question.view.name();
            Ok(visitor.show(StatusCode::OK, &AgendaBody { page: visitor.page(), grids, month, legend, view }))
        })
        .await
}

async fn body_of_all(visitor: &Visitor, question: &Question, house: &House) -> Result<Body, PageError> {
    body(visitor, question, house, None).await?.ok_or(PageError::NotFound)
}

/// The grids or the month; `None` if they do not fit into the hours that were asked for.
async fn body(
    visitor: &Visitor,
    question: &Question,
    house: &House,
    fresh: Option<AppointmentId>,
) -> Result<Option<Body>, PageError> {
    if question.view == View::Month {
        let month = Some(Month::read(visitor, question).await?);
        return Ok(Some(Body { grids: Vec::new(), month, legend: Vec::new(), reading: None }));
    }
    let zones = zones(question, house);
    let request = AgendaRequest {
        practitioners: question.people.iter().map(|person| person.id).collect(),
        rooms: question.rooms.iter().map(|room| room.id).collect(),
        window: window(question, &zones).ok_or(PageError::NotFound)?,
    };
    let reading = agenda::read(&visitor.ctx, &request).await?;
    let maker = Maker::new(visitor, question, &reading, &house.people, fresh);
    let Some(grids) = maker.grids(&zones) else { return Ok(None) };
    let legend = maker.legend();
    Ok(Some(Body { grids, month: None, legend, reading: Some(reading) }))
}

/// The zone of each place of the house.
fn zones(question: &Question, house: &House) -> BTreeMap<LocationId, String> {
    let places = question.people.iter().chain(&house.people).flat_map(|person| &person.locations);
    places.map(|place| (place.id, place.time_zone.clone())).collect()
}

/// From the first instant of the first day to the last of the last, in whatever zone they come first and last.
fn window(question: &Question, zones: &BTreeMap<LocationId, String>) -> Option<TimeRange> {
    let (first, days) = match question.view {
        View::Week => (when::monday_of(question.date), 7),
        _ => (question.date, 1),
    };
    let names = question.people.iter().map(zone_of).chain(zones.values().map(String::as_str));
    names
        .map(when::zone_named)
        .filter_map(|zone| {
            TimeRange::new(when::start_of(first, &zone), when::start_of(when::days_after(first, days), &zone))
                .ok()
        })
        .reduce(|a, b| TimeRange::new(a.start().min(b.start()), a.end().max(b.end())).unwrap_or(a))
}

async fn page(
    visitor: &Visitor,
    asked: &Asked,
    question: &Question,
    house: &House,
    body: Body,
    about: Option<AppointmentId>,
) -> Result<AgendaPage, PageError> {
    let (view, date, locale) = (question.view, question.date, visitor.locale);
    let zone = question.people.first().or(house.people.first()).map_or("UTC", zone_of);
    let today = when::on_clock_of(zone, visitor.ctx.clock.now()).date();
    let monday = when::monday_of(date);
    let (heading, previous, next) = match view {
        View::Day => (when::date_long(locale, date), when::days_after(date, -1), when::days_after(date, 1)),
        View::Week => {
            let sunday = when::days_after(monday, 6);
            let room = || question.rooms.first().map(|room| room.name.clone());
            let whose = question.people.first().map(name_of).or_else(room);
            let heading = locale.text_with(
                "agenda-week-heading",
                [
                    ("from", when::day_month(locale, monday).into()),
                    ("to", when::day_month(locale, sunday).into()),
                    ("year", sunday.year().into()),
                ],
            );
            let heading = match whose.filter(|_| !question.several) {
                Some(whose) => format!("{heading} · {whose}"),
                None => heading,
            };
            (heading, when::days_after(date, -7), when::days_after(date, 7))
        }
        View::Month => {
            let name = locale.text(&format!("month-{}", date.month()));
            let heading = locale
                .text_with("agenda-month-heading", [("month", name.into()), ("year", date.year().into())]);
            (heading, months_after(date, -1), months_after(date, 1))
        }
    };
    let (notice, undo) = done(visitor, asked, body.reading.as_ref(), about);
    let first = question.people.first().or(house.people.first()).map(|person| person.id);
    Ok(AgendaPage {
        page: visitor.page(),
        heading,
        notice,
        undo,
        moving: moving(visitor, question).await?,
        previous: question.at(view, previous),
        next: question.at(view, next),
        today: question.at(view, today),
        date: date.to_string(),
        who: question.who().join(","),
        view: view.name(),
        views: View::ALL
            .into_iter()
            .filter(|other| *other != View::Month || !question.people.is_empty())
            .map(|other| {
                let key = match other {
                    View::Day => "agenda-view-day",
                    View::Week => "agenda-view-week",
                    View::Month => "agenda-view-month",
                };
                Link::new(question.at(other, date), visitor.t(key)).current(other == view)
            })
            .collect(),
        people: pills(question, &house.people),
        rooms: room_pills(question, &house.rooms),
        hours: match question.whole_day {
            true => Link::new(question.with_hours(false), visitor.t("agenda-hours-usual")),
            false => Link::new(question.with_hours(true), visitor.t("agenda-hours-all")),
        },
        whole_day: question.whole_day,
        day_list: first.map(|id| format!("/practice/day?practitioner={id}&date={date}")).unwrap_or_default(),
        here: question.at_rest(),
        cut: body.reading.as_ref().is_some_and(|reading| reading.cut),
        left_out: match question.left_out {
            true => visitor.locale.text_with("agenda-left-out", [("count", MOST_IN_A_WEEK.into())]),
            false => String::new(),
        },
        legend: body.legend,
        grids: body.grids,
        month: body.month,
    })
}

fn months_after(date: Date, months: i64) -> Date {
    date.checked_add(months.months()).unwrap_or(date)
}

/// Each practitioner as a switch: pressed, they join or leave.
fn pills(question: &Question, people: &[Practitioner]) -> Vec<Link> {
    let strangers = question.people.iter().filter(|person| !people.iter().any(|known| known.id == person.id));
    people
        .iter()
        .chain(strangers)
        .map(|person| pill(question, person.id.to_string(), name_of(person)))
        .collect()
}

/// Each room as a switch. A month counts visits of people alone.
fn room_pills(question: &Question, rooms: &[Room]) -> Vec<Link> {
    let shown = rooms.iter().filter(|_| question.view != View::Month);
    shown.map(|room| pill(question, room.id.to_string(), room.name.clone())).collect()
}

fn pill(question: &Question, id: String, name: String) -> Link {
    let shown = question.who();
    Link::new(question.of(&toggled(&shown, &id)), name).current(shown.contains(&id))
}

fn toggled(shown: &[String], id: &String) -> Vec<String> {
    let mut who = shown.to_vec();
    match who.iter().position(|known| known == id) {
        Some(at) => {
            who.remove(at);
        }
        None => who.push(id.clone()),
    }
    who
}

/// The visit that looks for another time, if the visitor may see it.
async fn moving(visitor: &Visitor, question: &Question) -> Result<Option<Moving>, PageError> {
    let Some(id) = question.moving else { return Ok(None) };
    let visit = booking::find(&visitor.ctx, id).await?;
    let patient = directory::patient(&visitor.ctx, visit.patient).await?;
    let at = when::on_clock_of(&visit.time_zone, visit.range.start());
    let text = visitor.locale.text_with(
        "agenda-moving",
        [
            ("patient", format!("{} {}", patient.given_name, patient.family_name).into()),
            ("when", when::moment(visitor.locale, &at).into()),
        ],
    );
    Ok(Some(Moving { text, stop: question.at_rest() }))
}

/// What has just been done, as far as what is shown bears it out, and how to undo it.
fn done(
    visitor: &Visitor,
    asked: &Asked,
    reading: Option<&Reading>,
    about: Option<AppointmentId>,
) -> (Option<Notice>, Option<Undo>) {
    let visit =
        reading.and_then(|reading| reading.visits.iter().find(|visit| Some(visit.appointment.id) == about));
    let named = |key: &str| match visit {
        Some(visit) => {
            let at = when::on_clock_of(&visit.appointment.time_zone, visit.appointment.range.start());
            Some(visitor.locale.text_with(
                key,
                [
                    ("patient", format!("{} {}", visit.given_name, visit.family_name).into()),
                    ("when", when::clock(at.time()).into()),
                ],
            ))
        }
        None => None,
    };
    let notice = match asked.done.as_str() {
        "booked" => named("agenda-done-booked"),
        "moved" => named("agenda-done-moved"),
        "cancelled" => named("agenda-done-cancelled"),
        "noted" | "yes" => Some(visitor.t("day-done")),
        "blocked" => Some(visitor.t("agenda-done-blocked")),
        "unblocked" => Some(visitor.t("agenda-done-unblocked")),
        _ => None,
    };
    let undo = match (asked.done.as_str(), visit, was(&asked.was)) {
        ("moved", Some(visit), Some((practitioner, start))) => Some(Undo {
            id: visit.appointment.id.to_string(),
            version: visit.appointment.version,
            practitioner: practitioner.to_string(),
            start: start.to_string(),
        }),
        _ => None,
    };
    (notice.map(Notice::good), undo)
}

/// Where a visit was before its move, as an address writes it: `prac_…@` and the start.
fn was(text: &str) -> Option<(PractitionerId, jiff::Timestamp)> {
    let (practitioner, start) = text.split_once('@')?;
    Some((practitioner.parse().ok()?, start.parse().ok()?))
}
