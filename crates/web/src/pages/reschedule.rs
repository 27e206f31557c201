//! Moving a visit in two taps: the next free times and a week of them, then the move itself, which keeps the old time until the new one is had.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{Slot, VisitType};
use rendez_domain::booking::{self, Appointment, BookingRefusal};
use rendez_domain::directory::Practitioner;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::SlotId;
use serde::Deserialize;

use super::appointment::{read, visit_of};
use super::error::PageError;
use super::form::Posted;
use super::hold::{Wanted, refused};
use super::page::Page;
use super::query::Lenient;
use super::views::{SlotButton, VisitView, visit_view};
use super::visitor::{Visitor, go};
use super::week::{Week, WeekRequest, busy, overlaps, week};
use super::when;

/// How many of the next free times are offered above the week.
const AT_ONCE: usize = 6;
/// And how many of them on one day.
const OF_A_DAY: usize = 2;
/// Free times among which they are chosen.
const LOOKED_AT: usize = 400;
/// How far ahead they are looked for.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Such as `2026-W50`.
    #[serde(default)]
    week: String,
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    page: Page,
    visit: VisitView,
    /// The next free times, to be had with one press.
    soon: Vec<SlotButton>,
    week: Week,
}

/// `GET /appointments/{id}/move`
pub(super) async fn form(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            let (visit, person) = visit_of(&visitor, &id).await?;
            let view = visit_view(&visitor, &visit, &person).await?;
            if !view.can_move {
                return Ok(go(&format!("/appointments/{id}")));
            }
            let visit_type = person
                .visit_types
                .iter()
                .find(|known| known.id == visit.visit_type)
                .ok_or(PageError::NotFound)?;
            let soon = soonest(&visitor, &person, visit_type, &visit).await?;
            let request = WeekRequest {
                person: &person,
                visit_type,
                monday: when::week_named(&asked.week),
                base: format!("/appointments/{id}/move?week="),
                action: format!("/appointments/{id}/move"),
            };
            let week = Week { promise: String::new(), ..week(&visitor, request).await? };
            Ok(visitor.show(StatusCode::OK, &MovePage { page: visitor.page(), visit: view, soon, week }))
        })
        .await
}

/// The next free times other than the visit's own.
async fn soonest(
    visitor: &Visitor,
    person: &Practitioner,
    visit_type: &VisitType,
    visit: &Appointment,
) -> Result<Vec<SlotButton>, PageError> {
    let now = visitor.ctx.clock.now();
    let until = now.checked_add(SOON).unwrap_or(Timestamp::MAX);
    let Ok(window) = TimeRange::new(now, until) else { return Ok(Vec::new()) };
    let busy = busy(visitor, Some(visit.patient), Some(visit.id), window).await?;
    let free =
        |slot: &&Slot| slot.start != visit.range.start() && !busy.iter().any(|other| overlaps(other, slot));
    let found = booking::slots(&visitor.ctx, person.id, visit_type.id, window, Some(LOOKED_AT)).await?;
    // Not the same day over and over: the first times of each of the next days.
    let mut days: Vec<(Date, usize)> = Vec::new();
    let zone = when::zone_named(&visit.time_zone);
    let few_of_a_day = |slot: &&Slot| {
        let date = zone.to_datetime(slot.start).date();
        match days.last_mut() {
            Some((last, count)) if *last == date => {
                *count += 1;
                *count <= OF_A_DAY
            }
            _ => {
                days.push((date, 1));
                true
            }
        }
    };
    let others = found.slots.iter().filter(free).filter(few_of_a_day).take(AT_ONCE);
    Ok(others.map(|slot| SlotButton::new(visitor, person, slot)).collect())
}

/// `POST /appointments/{id}/move`
pub(super) async fn reschedule(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let slot: SlotId = posted.field("slot").parse().map_err(|_| PageError::NotFound)?;
            let ctx = posted.once("POST /appointments/{id}/move", &[&id, posted.field("slot")]);
            let before = booking::find(&posted.ctx, read(&id)?).await?;
            let back = SlotId::new(before.practitioner, before.visit_type, before.range.start());
            match booking::reschedule(&ctx, before.id, None, slot).await {
                Ok(moved) if moved.range != before.range => {
                    Ok(go(&format!("/appointments/{id}?done=moved&back={back}")))
                }
                Ok(_) | Err(BookingRefusal::SameSlot) => Ok(go(&format!("/appointments/{id}?done=moved"))),
                Err(refusal) => {
                    let action = format!("/appointments/{id}/move");
                    let (patient, moving) = (Some(before.patient), Some(before.id));
                    refused(posted.visitor(), Wanted { slot, patient, moving, action }, refusal).await
                }
            }
        })
        .await
}
