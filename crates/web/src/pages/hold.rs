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
use rendez_domain::booking::{self, BookingRefusal, HoldRequest};
use rendez_domain::directory::{self, Practitioner};
use rendez_vocab::Actor;
use rendez_vocab::ids::SlotId;

use super::cookies;
use super::error::{PageError, refusal_text};
use super::form::Posted;
use super::page::Page;
use super::views::{SlotButton, name_of};
use super::visitor::{Visitor, go};
use super::week::instead_of;
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
    slots: Vec<SlotButton>,
    all_times: String,
    /// Another visit of the visitor's own stands in the way.
    own_in_the_way: bool,
}

/// `POST /hold`
pub(super) async fn hold(posted: Posted) -> Response {
    posted
        .answer(async {
            let slot: SlotId = posted.field("slot").parse().map_err(|_| PageError::NotFound)?;
            if !posted.ctx.actor.is_somebody() {
                return Ok(remember(posted.visitor(), slot));
            }
            let ctx = posted.once("POST /hold", &[posted.field("slot")]);
            take(posted.visitor(), &ctx, slot).await
        })
        .await
}

/// Takes a time for the patient who is signed in, and goes on to its confirmation.
pub(super) async fn take(visitor: &Visitor, ctx: &Ctx, slot: SlotId) -> Result<Response, PageError> {
    let Actor::Patient(patient) = ctx.actor else { return Err(PageError::Forbidden) };
    match booking::hold(ctx, HoldRequest { slot, patient, reason: None }).await {
        Ok(visit) => Ok(go(&format!("/appointments/{}/confirm", visit.id))),
        Err(BookingRefusal::AlreadyYours { appointment }) => {
            Ok(go(&format!("/appointments/{appointment}/confirm")))
        }
        Err(refusal) => refused(visitor, slot, refusal, "/hold".to_owned()).await,
    }
}

/// The page that says why a time could not be had, with others instead: for holding and for moving.
pub(super) async fn refused(
    visitor: &Visitor,
    slot: SlotId,
    refusal: BookingRefusal,
    action: String,
) -> Result<Response, PageError> {
    let refusal = match PageError::from(refusal) {
        PageError::Refused(refusal) => refusal,
        other => return Err(other),
    };
    let person = directory::practitioner(&visitor.ctx, slot.practitioner).await?;
    let (heading, slots) = match &refusal {
        BookingRefusal::SlotTaken { alternatives } => {
            (visitor.t("taken-title"), buttons(visitor, &person, alternatives))
        }
        BookingRefusal::NotOffered(_)
        | BookingRefusal::TooSoon { .. }
        | BookingRefusal::NoRoomFree
        | BookingRefusal::PatientOverlap => {
            (visitor.t("refused-title"), instead_of(visitor, &person, slot).await?)
        }
        _ => (visitor.t("refused-title"), Vec::new()),
    };
    let text = match &refusal {
        BookingRefusal::SlotTaken { .. } if action != "/hold" => visitor.t("taken-move"),
        other => refusal_text(visitor.locale, other),
    };
    let monday = when::on_clock_of(
        person.locations.first().map_or("UTC", |location| &location.time_zone),
        slot.start(),
    );
    let all_times = format!(
        "/practitioners/{}?visit_type={}&week={}",
        person.id,
        slot.visit_type,
        when::week_name(monday.date())
    );
    let own_in_the_way =
        matches!(refusal, BookingRefusal::PatientOverlap | BookingRefusal::TooManyHolds { .. });
    let page = TakenPage { page: visitor.page(), heading, text, action, slots, all_times, own_in_the_way };
    Ok(visitor.show(StatusCode::CONFLICT, &page))
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
