//! The practice's day: who comes when, and what became of it.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use rendez_domain::booking::{self, Appointment, AppointmentFilter, Status};
use rendez_domain::directory::{self, Patient, Practitioner};
use rendez_domain::identity::access;
use rendez_vocab::Actor;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{PatientId, PractitionerId};
use serde::Deserialize;

use super::error::PageError;
use super::page::{Link, Notice, Page};
use super::query::Lenient;
use super::views::{Action, name_of, status_kind, status_text};
use super::visitor::Visitor;
use super::when;

/// Visits of one day that are read at once.
const AT_ONCE: u8 = 100;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Such as `2026-12-30`; today when left out.
    #[serde(default)]
    date: String,
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    done: String,
}

/// A visit in the list.
struct Entry {
    id: String,
    start: String,
    from: String,
    to: String,
    patient: String,
    visit_type: String,
    reason: String,
    status_text: String,
    status_kind: &'static str,
    struck: bool,
    /// Why the practice put it over another; empty if it did not.
    overbook_reason: String,
    over: bool,
    can_cancel: bool,
    actions: Vec<Action>,
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    page: Page,
    heading: String,
    practitioner: String,
    practitioner_id: String,
    zone: String,
    total: usize,
    notice: Option<Notice>,
    colleagues: Vec<Link>,
    previous: String,
    next: String,
    date: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "whose_day.html")]
struct WhoseDayPage {
    page: Page,
}

/// The page for who works here without a practice of their own: it asks whose.
pub(super) fn whose_day(visitor: &Visitor) -> Response {
    visitor.show(StatusCode::OK, &WhoseDayPage { page: visitor.page() })
}

/// `GET /practice/day`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let colleagues = colleagues(&visitor).await?;
            let Some(id) = whose(&visitor, &asked, &colleagues)? else {
                return Ok(whose_day(&visitor));
            };
            let person = match colleagues.iter().find(|colleague| colleague.id == id) {
                Some(known) => known.clone(),
                None => directory::practitioner(&visitor.ctx, id).await?,
            };
            access::manage_practitioner(&visitor.ctx.actor, person.id, person.organization)
                .map_err(|_| PageError::NotFound)?;
            day(&visitor, &asked, &person, &colleagues).await
        })
        .await
}

/// Whose day: the one asked for, one's own, or that of the first of the practice.
fn whose(
    visitor: &Visitor,
    asked: &Asked,
    colleagues: &[Practitioner],
) -> Result<Option<PractitionerId>, PageError> {
    if !asked.practitioner.is_empty() {
        return asked.practitioner.parse().map(Some).map_err(|_| PageError::NotFound);
    }
    Ok(match (&visitor.ctx.actor, colleagues) {
        (Actor::Practitioner(own), _) => Some(*own),
        (_, [first, ..]) => Some(first.id),
        (_, []) => None,
    })
}

async fn day(
    visitor: &Visitor,
    asked: &Asked,
    person: &Practitioner,
    colleagues: &[Practitioner],
) -> Result<Response, PageError> {
    let zone_name = person.locations.first().map_or("UTC", |location| location.time_zone.as_str());
    let zone = when::zone_named(zone_name);
    let now = visitor.ctx.clock.now();
    let date = asked.date.parse::<Date>().unwrap_or_else(|_| zone.to_datetime(now).date());
    let window =
        TimeRange::new(when::start_of(date, &zone), when::start_of(when::days_after(date, 1), &zone))
            .map_err(|_| PageError::NotFound)?;
    let visits = visits(visitor, person.id, window).await?;
    let ids: Vec<PatientId> = visits.iter().map(|visit| visit.patient).collect();
    let patients = directory::patients_by_id(&visitor.ctx, &ids).await?;
    let patients: HashMap<PatientId, Patient> =
        patients.into_iter().map(|patient| (patient.id, patient)).collect();
    let away: Vec<TimeRange> = directory::list_time_off(&visitor.ctx, person.id)
        .await?
        .into_iter()
        .map(|entry| entry.range)
        .collect();
    let entries: Vec<Entry> = visits
        .iter()
        .map(|visit| Entry::new(visitor, visit, person, patients.get(&visit.patient), &away, now))
        .collect();
    let pills = colleagues
        .iter()
        .map(|other| {
            Link::new(address(other.id, &date.to_string()), name_of(other)).current(other.id == person.id)
        })
        .collect();
    let page = DayPage {
        page: visitor.page(),
        heading: when::date_long(visitor.locale, date),
        practitioner: name_of(person),
        practitioner_id: person.id.to_string(),
        zone: when::zone_name(zone_name, visitor.ctx.pack.time_zone_name()),
        total: visits.iter().filter(|visit| visit.status != Status::Cancelled).count(),
        notice: (asked.done == "yes").then(|| Notice::good(visitor.t("day-done"))),
        colleagues: pills,
        previous: address(person.id, &when::days_after(date, -1).to_string()),
        next: address(person.id, &when::days_after(date, 1).to_string()),
        date: date.to_string(),
        entries,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// Every visit of a window that the practice needs to know of: not those that never came to be.
async fn visits(
    visitor: &Visitor,
    practitioner: PractitionerId,
    window: TimeRange,
) -> Result<Vec<Appointment>, PageError> {
    let mut filter = AppointmentFilter {
        practitioner: Some(practitioner),
        from: Some(window.start()),
        to: Some(window.end()),
        statuses: vec![Status::Booked, Status::Arrived, Status::Fulfilled, Status::NoShow, Status::Cancelled],
        limit: AT_ONCE,
        ..AppointmentFilter::default()
    };
    let mut found = Vec::new();
    loop {
        let page = booking::list(&visitor.ctx, &filter).await?;
        found.extend(page.appointments);
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Those whose day the visitor may see; an admin may see everybody's, and names whose.
async fn colleagues(visitor: &Visitor) -> Result<Vec<Practitioner>, PageError> {
    match &visitor.ctx.actor {
        Actor::Practitioner(own) => Ok(vec![directory::practitioner(&visitor.ctx, *own).await?]),
        Actor::Staff { organizations, .. } => {
            Ok(directory::practitioners_of(&visitor.ctx, organizations).await?)
        }
        _ => Ok(Vec::new()),
    }
}

fn address(practitioner: PractitionerId, date: &str) -> String {
    if date.is_empty() {
        format!("/practice/day?practitioner={practitioner}")
    } else {
        format!("/practice/day?practitioner={practitioner}&date={date}")
    }
}

impl Entry {
    fn new(
        visitor: &Visitor,
        visit: &Appointment,
        person: &Practitioner,
        patient: Option<&Patient>,
        away: &[TimeRange],
        now: Timestamp,
    ) -> Self {
        let zone = when::zone_named(&visit.time_zone);
        let clock = |at: Timestamp| when::clock(zone.to_datetime(at).time());
        let visit_type = person.visit_types.iter().find(|known| known.id == visit.visit_type);
        let begun = visit.range.start() <= now;
        let expected = visit.status == Status::Booked;
        Self {
            id: visit.id.to_string(),
            start: visit.range.start().to_string(),
            from: clock(visit.range.start()),
            to: clock(visit.range.end()),
            patient: patient
                .map(|patient| format!("{} {}", patient.given_name, patient.family_name))
                .unwrap_or_default(),
            visit_type: visit_type.map(|known| known.name.clone()).unwrap_or_default(),
            reason: visit.reason.clone().unwrap_or_default(),
            status_text: status_text(visitor, visit.status),
            status_kind: status_kind(visit.status),
            struck: expected && away.iter().any(|range| range.overlaps(visit.range)),
            overbook_reason: visit.overbook_reason.clone().unwrap_or_default(),
            over: !expected && visit.status != Status::Arrived,
            can_cancel: expected && !begun,
            actions: Action::of(visitor, visit, now),
        }
    }
}
