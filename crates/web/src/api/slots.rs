//! What can be booked of a practitioner.

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::Ctx;
use rendez_domain::availability::{Schedule, Slot};
use rendez_domain::booking::{self, OwnHold};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, LocationId, PractitionerId, SlotId, VisitTypeId};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{ApiQuery, Caller, Fields, FromFields, Id, read};
use crate::problem::Problem;
use crate::state::App;

/// The longest window of one question.
const MOST_DAYS: i64 = 92;
/// The window when the question names no end.
const USUAL_DAYS: i64 = 28;

/// A visit that can be booked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Slot)]
pub struct SlotView {
    /// What to book it by.
    #[schema(value_type = String, example = "slot_…")]
    pub id: SlotId,
    /// When the visit begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What it is.
    #[schema(value_type = String)]
    pub visit_type_id: VisitTypeId,
    /// Where it happens.
    #[schema(value_type = String)]
    pub location_id: LocationId,
}

impl SlotView {
    /// A practitioner's slot.
    pub fn new(practitioner: PractitionerId, slot: Slot) -> Self {
        Self {
            id: SlotId::new(practitioner, slot.visit_type, slot.start),
            start: slot.start,
            end: slot.end,
            visit_type_id: slot.visit_type,
            location_id: slot.location,
        }
    }
}

/// A hold of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnHold)]
pub struct OwnHoldView {
    /// The held appointment.
    #[schema(value_type = String)]
    pub appointment_id: AppointmentId,
    /// Start of the time that it blocks.
    pub start: Timestamp,
    /// End of the time that it blocks.
    pub end: Timestamp,
    /// Until when it stands.
    pub expires_at: Timestamp,
}

impl From<OwnHold> for OwnHoldView {
    fn from(hold: OwnHold) -> Self {
        Self {
            appointment_id: hold.appointment,
            start: hold.range.start(),
            end: hold.range.end(),
            expires_at: hold.expires_at,
        }
    }
}

/// What can be booked now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotList {
    /// By start.
    pub slots: Vec<SlotView>,
    /// The caller's own holds, which others see as taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_holds: Vec<OwnHoldView>,
    /// The IANA zone of the practitioner's main location.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// The instant for which this is true.
    pub as_of: Timestamp,
}

/// Which slots.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// Starting at or after; now without it.
    from: Option<Timestamp>,
    /// Starting before, at most 92 days after `from`; 28 days after it without it.
    to: Option<Timestamp>,
    /// Of this visit type; of all without it.
    #[param(value_type = Option<String>)]
    visit_type_id: Option<VisitTypeId>,
    /// The first so many, 1 to 1000.
    limit: Option<u16>,
}

impl FromFields for SlotQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let query = Self {
            from: fields.optional("from", read::instant),
            to: fields.optional("to", read::instant),
            visit_type_id: fields.optional("visit_type_id", read::id),
            limit: fields.optional("limit", read::spelled(read::integer(1..=1000))),
        };
        if let (Some(from), Some(to)) = (query.from, query.to) {
            if to <= from {
                fields.refuse("to", "not-after-from", "The end must come after the start.");
            } else if to.duration_since(from) > SignedDuration::from_hours(24 * MOST_DAYS) {
                fields.refuse("to", "too-long", format!("Ask for at most {MOST_DAYS} days at once."));
            }
        }
        Some(query)
    }
}

impl SlotQuery {
    /// The window, from `now` if the question names no start.
    fn window(&self, now: Timestamp) -> Result<TimeRange, Problem> {
        let days = |count: i64| SignedDuration::from_hours(24 * count);
        let usual = |from: Timestamp| from.checked_add(days(USUAL_DAYS)).unwrap_or(Timestamp::MAX);
        let from = self.from.unwrap_or_else(|| match self.to {
            Some(to) => now.max(to.checked_sub(days(MOST_DAYS)).unwrap_or(now)).min(to),
            None => now,
        });
        TimeRange::new(from, self.to.unwrap_or_else(|| usual(from))).map_err(|_| {
            Problem::fields(vec![crate::problem::FieldError {
                pointer: "/to".to_owned(),
                code: "not-after-from",
                detail: "The end has passed already; send a later one.".to_owned(),
            }])
        })
    }
}

/// What can be booked of a practitioner now: notice, horizon, holds, visits, absences all counted.
#[utoipa::path(get, path = "/v1/practitioners/{id}/slots", tag = "slots", params(SlotQuery), security(()),
    responses((status = 200, description = "The slots", body = SlotList)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<PractitionerId>,
    ApiQuery(query): ApiQuery<SlotQuery>,
) -> Result<Json<SlotList>, Problem> {
    let ctx = &caller.ctx;
    let schedule = schedule(ctx, id).await?;
    let window = query.window(app.services.clock.now())?;
    let limit = query.limit.map(usize::from);
    let visit_types = match query.visit_type_id {
        Some(asked) => vec![asked],
        None => active_visit_types(&schedule),
    };
    let mut answer = SlotList {
        slots: Vec::new(),
        own_holds: Vec::new(),
        time_zone: time_zone(&schedule),
        as_of: app.services.clock.now(),
    };
    for visit_type in visit_types {
        let offered = booking::slots(ctx, id, visit_type, window, limit).await?;
        answer.slots.extend(offered.slots.into_iter().map(|slot| SlotView::new(id, slot)));
        answer.own_holds = offered.own_holds.into_iter().map(OwnHoldView::from).collect();
        answer.as_of = offered.as_of;
    }
    answer.slots.sort_by_key(|slot| slot.start);
    answer.slots.truncate(limit.unwrap_or(usize::MAX));
    Ok(Json(answer))
}

/// The practitioner's schedule as last read; bookings check it anew.
pub(super) async fn schedule(ctx: &Ctx, id: PractitionerId) -> Result<std::sync::Arc<Schedule>, Problem> {
    ctx.schedules.get(&ctx.store, id).await?.ok_or_else(Problem::not_found)
}

pub(super) fn active_visit_types(schedule: &Schedule) -> Vec<VisitTypeId> {
    schedule
        .visit_types
        .iter()
        .filter(|visit_type| visit_type.active)
        .map(|visit_type| visit_type.id)
        .collect()
}

fn time_zone(schedule: &Schedule) -> String {
    schedule
        .location(schedule.default_location)
        .map_or_else(String::new, |place| place.time_zone_name.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_window_has_an_end_and_is_not_too_long() {
        let codes = |query: serde_json::Value| -> Vec<&'static str> {
            let read = Fields::of(&query, SlotQuery::read);
            read.err().into_iter().flatten().map(|error| error.code).collect()
        };
        assert!(codes(json!({"from": "2026-12-01T00:00:00Z", "to": "2027-02-28T00:00:00Z"})).is_empty());
        assert_eq!(
            codes(json!({"from": "2026-12-01T00:00:00Z", "to": "2027-12-01T00:00:00Z"})),
            ["too-long"]
        );
        assert_eq!(
            codes(json!({"from": "2026-12-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"})),
            ["not-after-from"]
        );
        assert_eq!(codes(json!({"from": "2026-12-01T00:00:00"})), ["offset-missing"]);
    }
}
