//! Choosing a time.
//!
//! Invariant: a time is taken for somebody who is signed in, or not at all. Who is not keeps the wish in a signed
//! cookie; the very request that signs them in or up takes the time.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use rendez_domain::Ctx;
use rendez_domain::availability::Slot;
use rendez_domain::booking::{self, AppointmentFilter, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::{self, Practitioner};
use rendez_domain::identity::{self, access};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId};

use super::cookies;
use super::error::{PageError, query_value, refusal_text};
use super::form::Posted;
use super::page::{Link, Page};
use super::people::full_name;
use super::views::{SlotButton, Who, name_of};
use super::visitor::{Visitor, go};
use super::week::{busy, instead_of};
use super::when;

/// The purpose of the signature over a wish.
const PURPOSE: &str = "wish";
/// How long a wish is remembered.
const WISH_LASTS: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "taken.html")]
struct TakenPage {
    page: Page,
    heading: String,
    text: String,
    action: String,
    /// The patient for whom the time was wanted, if it is not the visitor.
    patient: Option<String>,
    slots: Vec<SlotButton>,
    /// The time itself, for somebody else.
    slot: String,
    others: Vec<Other>,
    /// What `holds` are.
    in_the_way: String,
    /// Visits and times that are held and stand in the way, each with where it is changed, confirmed or given back.
    holds: Vec<Link>,
    links: Vec<Link>,
}

/// Somebody for whom the time may be had.
struct Other {
    id: String,
    name: String,
}

/// What could not be had.
pub(super) struct Wanted {
    pub(super) slot: SlotId,
    /// For whom; `None` for the visitor.
    pub(super) patient: Option<PatientId>,
    /// The visit that was to be moved there: it is not in its own way.
    pub(super) moving: Option<AppointmentId>,
    /// Where another time is sent.
    pub(super) action: String,
}

/// `POST /hold`
pub(super) async fn hold(posted: Posted) -> Response {
    posted
        .answer(async {
            let slot: SlotId = posted.field("slot").parse().map_err(|_| PageError::NotFound)?;
            if !posted.ctx.actor.is_somebody() {
                return Ok(remember(posted.visitor(), slot));
            }
            let patient = match posted.field("for") {
                "" => None,
                id => Some(id.parse::<PatientId>().map_err(|_| PageError::NotFound)?),
            };
            let ctx = posted.once("POST /hold", &[posted.field("slot"), posted.field("for")]);
            take(posted.visitor(), &ctx, slot, patient).await
        })
        .await
}

/// Takes a time for the patient who is signed in, or for somebody in their care, and goes on to its confirmation.
pub(super) async fn take(
    visitor: &Visitor,
    ctx: &Ctx,
    slot: SlotId,
    patient: Option<PatientId>,
) -> Result<Response, PageError> {
    let Actor::Patient(own) = ctx.actor else { return at_the_desk(visitor, slot).await };
    match booking::hold(ctx, HoldRequest { slot, patient: patient.unwrap_or(own), reason: None }).await {
        Ok(visit) => Ok(go(&format!("/appointments/{}/confirm", visit.id))),
        Err(BookingRefusal::AlreadyYours { appointment }) => {
            Ok(go(&format!("/appointments/{appointment}/confirm")))
        }
        Err(refusal) => {
            refused(visitor, Wanted { slot, patient, moving: None, action: "/hold".to_owned() }, refusal)
                .await
        }
    }
}

/// A free time that somebody presses who works here: they book for a caller, where the practitioner is theirs.
async fn at_the_desk(visitor: &Visitor, slot: SlotId) -> Result<Response, PageError> {
    let person = directory::practitioner(&visitor.ctx, slot.practitioner).await?;
    access::manage_practitioner(&visitor.ctx.actor, person.id, person.organization)?;
    Ok(go(&format!("/practice/book?practitioner={}&start={}", person.id, slot.start())))
}

/// The page that says why a time could not be had, with what to do instead: for holding, confirming and moving.
pub(super) async fn refused(
    visitor: &Visitor,
    wanted: Wanted,
    refusal: BookingRefusal,
) -> Result<Response, PageError> {
    use BookingRefusal as No;
    let refusal = match PageError::from(refusal) {
        PageError::Refused(refusal) => refusal,
        other => return Err(other),
    };
    let slot = wanted.slot;
    let person = directory::practitioner(&visitor.ctx, slot.practitioner).await?;
    let (heading, slots) = match &refusal {
        No::SlotTaken { alternatives } => ("taken-title", buttons(visitor, &person, alternatives)),
        No::HoldExpired => ("error-410-title", instead_of(visitor, &person, slot, &wanted).await?),
        No::NotOffered(_) | No::TooSoon { .. } | No::NoRoomFree | No::PatientOverlap => {
            ("refused-title", instead_of(visitor, &person, slot, &wanted).await?)
        }
        // So far ahead nothing can be booked yet: what is free before.
        No::TooFar { .. } => {
            let now = SlotId::new(slot.practitioner, slot.visit_type, visitor.ctx.clock.now());
            ("refused-title", instead_of(visitor, &person, now, &wanted).await?)
        }
        _ => ("refused-title", Vec::new()),
    };
    let text = match &refusal {
        No::SlotTaken { .. } if wanted.action != "/hold" => visitor.t("taken-move"),
        other => refusal_text(visitor.locale, other),
    };
    let about_the_person = matches!(
        refusal,
        No::PatientOverlap | No::KnownPatientsOnly | No::NewPatientsOnly | No::TooManyHolds { .. }
    );
    let others = match wanted.action.as_str() {
        "/hold" if about_the_person => others(visitor, wanted.patient).await?,
        _ => Vec::new(),
    };
    let (in_the_way, holds) = match &refusal {
        No::PatientOverlap => ("taken-in-the-way", overlapping(visitor, &person, &wanted).await?),
        No::TooManyHolds { .. } => ("taken-holds", own_holds(visitor).await?),
        _ => ("taken-holds", Vec::new()),
    };
    let status = if matches!(refusal, No::HoldExpired) { StatusCode::GONE } else { StatusCode::CONFLICT };
    let page = TakenPage {
        page: visitor.page(),
        heading: visitor.t(heading),
        text,
        action: wanted.action,
        patient: wanted.patient.map(|patient| patient.to_string()),
        slots,
        slot: slot.to_string(),
        others,
        in_the_way: visitor.t(in_the_way),
        holds,
        links: links(visitor, &person, slot, &refusal),
    };
    Ok(visitor.show(status, &page))
}

/// Everybody for whom the visitor books but the one for whom the time could not be had.
async fn others(visitor: &Visitor, tried: Option<PatientId>) -> Result<Vec<Other>, PageError> {
    let Actor::Patient(own) = visitor.ctx.actor else { return Ok(Vec::new()) };
    let people = identity::people(&visitor.ctx).await?;
    let known =
        people.iter().filter(|person| !person.is_over).map(|person| (person.patient, full_name(person)));
    Ok(std::iter::once((own, visitor.t("whom-me")))
        .chain(known)
        .filter(|(id, _)| *id != tried.unwrap_or(own))
        .map(|(id, name)| Other { id: id.to_string(), name })
        .collect())
}

/// The times that the visitor holds, each with the page where it is confirmed or given back.
async fn own_holds(visitor: &Visitor) -> Result<Vec<Link>, PageError> {
    let now = visitor.ctx.clock.now();
    let filter = AppointmentFilter {
        from: Some(now),
        statuses: vec![Status::Held],
        limit: 20,
        ..AppointmentFilter::default()
    };
    let held = booking::list(&visitor.ctx, &filter).await?.appointments;
    let live = held.iter().filter(|visit| visit.hold_expires_at.is_some_and(|deadline| deadline > now));
    Ok(live
        .map(|visit| {
            let at = when::on_clock_of(&visit.time_zone, visit.range.start());
            Link::new(format!("/appointments/{}/confirm", visit.id), when::moment(visitor.locale, &at))
        })
        .collect())
}

/// The visits and holds that overlap a time, each with its own page.
async fn overlapping(
    visitor: &Visitor,
    person: &Practitioner,
    wanted: &Wanted,
) -> Result<Vec<Link>, PageError> {
    let slot = wanted.slot;
    let known = person.visit_types.iter().find(|known| known.id == slot.visit_type);
    let Some(range) = known.and_then(|known| known.range_at(slot.start())) else { return Ok(Vec::new()) };
    let visits = busy(visitor, wanted.patient, wanted.moving, range).await?;
    let overlapping = visits.iter().filter(|visit| visit.range.overlaps(range));
    Ok(overlapping
        .map(|visit| {
            let at = when::on_clock_of(&visit.time_zone, visit.range.start());
            let page = if visit.status == Status::Held { "/confirm" } else { "" };
            Link::new(format!("/appointments/{}{page}", visit.id), when::moment(visitor.locale, &at))
        })
        .collect())
}

/// Where to go on: the visits in the way, all free times, the practice's telephone, other practitioners.
fn links(visitor: &Visitor, person: &Practitioner, slot: SlotId, refusal: &BookingRefusal) -> Vec<Link> {
    use BookingRefusal as No;
    let mut links = Vec::new();
    let elsewhere = matches!(
        refusal,
        No::PatientOverlap
            | No::TooManyHolds { .. }
            | No::AlreadyStarted
            | No::Already(_)
            | No::WrongStatus
            | No::VersionMismatch
            | No::Key(_)
            | No::Busy
    );
    if elsewhere {
        links.push(Link::new("/visits", visitor.t("nav-visits")).current(true));
    }
    let who = Who::new(visitor, person);
    let call = matches!(
        refusal,
        No::KnownPatientsOnly
            | No::BlockedByPractice
            | No::NotOffered(_)
            | No::TooSoon { .. }
            | No::AlreadyStarted
    );
    if call && !who.phone_digits.is_empty() {
        let text = visitor.locale.text_with("refused-call", [("phone", who.phone.into())]);
        links.push(Link::new(format!("tel:{}", who.phone_digits), text));
    }
    if let (No::KnownPatientsOnly | No::BlockedByPractice | No::NotOffered(_), Some(specialty)) =
        (refusal, &person.specialty)
    {
        let town = person.locations.first().map(|location| query_value(&location.city)).unwrap_or_default();
        let href = format!("/search?specialty={}&place={town}", query_value(specialty));
        links.push(Link::new(href, visitor.t("refused-others")));
    }
    let zone = person.locations.first().map_or("UTC", |location| &location.time_zone);
    let week = when::week_name(when::on_clock_of(zone, slot.start()).date());
    let times = format!("/practitioners/{}?visit_type={}&week={week}", person.id, slot.visit_type);
    links.push(Link::new(times, visitor.t("search-all-times")));
    links
}

fn buttons(visitor: &Visitor, person: &Practitioner, slots: &[Slot]) -> Vec<SlotButton> {
    slots.iter().map(|slot| SlotButton::new(visitor, person, slot)).collect()
}

fn remember(visitor: &Visitor, slot: SlotId) -> Response {
    let mut response = go("/sign-in");
    let ends = visitor.ctx.clock.now() + WISH_LASTS;
    let signed = visitor.app.secret.sign(PURPOSE, &slot.to_string(), ends);
    cookies::set(&visitor.app, &mut response, cookies::WISH, signed, Some(WISH_LASTS));
    response
}

/// The slot that the visitor chose before signing in.
pub(super) fn wish(visitor: &Visitor) -> Option<SlotId> {
    let signed = visitor.wish.as_deref()?;
    visitor.app.secret.read_signed(PURPOSE, signed, visitor.ctx.clock.now())?.parse().ok()
}

/// The wish in words, for the pages where people sign in and up.
pub(super) async fn wish_text(visitor: &Visitor) -> Result<Option<String>, PageError> {
    let Some(slot) = wish(visitor) else { return Ok(None) };
    let person = directory::practitioner(&visitor.ctx, slot.practitioner).await?;
    let zone = person.locations.first().map_or("UTC", |location| &location.time_zone);
    let moment = when::moment(visitor.locale, &when::on_clock_of(zone, slot.start()));
    Ok(Some(
        visitor.locale.text_with("wish-text", [("when", moment.into()), ("name", name_of(&person).into())]),
    ))
}
