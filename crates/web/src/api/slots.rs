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

use crate::extract::{ApiQuery, Caller, Fields, FromFields, Id, page, read};
use crate::problem::Problem;
use crate::state::App;

/// The longest window of one question.
const MOST_DAYS: i64 = 92;
/// Slots in one answer.
const MOST_SLOTS: u16 = 1000;
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
    /// By start, then by visit type.
    pub slots: Vec<SlotView>,
    /// Where the next page begins; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
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
    /// The first so many, of all visit types together: 1 to 1000, and 1000 without it.
    #[param(value_type = Option<u16>)]
    limit: u16,
    /// The `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<(Timestamp, VisitTypeId)>,
}

impl FromFields for SlotQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let query = Self {
            from: fields.optional("from", read::instant),
            to: fields.optional("to", read::instant),
            visit_type_id: fields.optional("visit_type_id", read::id),
            limit: fields
                .optional("limit", read::spelled(read::integer(1..=MOST_SLOTS.into())))
                .unwrap_or(MOST_SLOTS),
            cursor: fields.optional("cursor", page::place),
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
    let mut page = Page { slots: Vec::new(), limit: query.limit.into(), after: query.cursor };
    let visit_types = match query.visit_type_id {
        Some(asked) => vec![asked],
        None => active_visit_types(&schedule),
    };
    let (mut own_holds, mut as_of) = (None, app.services.clock.now());
    for visit_type in visit_types {
        let Some(rest) = page.rest(window, visit_type) else { continue };
        let offered = booking::slots(ctx, id, visit_type, rest, Some(page.limit + 1)).await?;
        page.add(offered.slots);
        // The first question reaches over the whole window.
        own_holds.get_or_insert(offered.own_holds);
        as_of = offered.as_of;
    }
    let next_cursor = page.end();
    Ok(Json(SlotList {
        slots: page.slots.into_iter().map(|slot| SlotView::new(id, slot)).collect(),
        next_cursor,
        own_holds: own_holds.unwrap_or_default().into_iter().map(OwnHoldView::from).collect(),
        time_zone: time_zone(&schedule),
        as_of,
    }))
}

/// The first slots after a place, of several visit types: no more is computed than may stand on the page.
struct Page {
    /// By start, then by visit type: at most one more than the limit.
    slots: Vec<Slot>,
    limit: usize,
    after: Option<(Timestamp, VisitTypeId)>,
}

impl Page {
    /// The part of the window whose slots of this visit type may still stand on the page.
    fn rest(&self, window: TimeRange, visit_type: VisitTypeId) -> Option<TimeRange> {
        let after_a_second = |at: Timestamp| at.checked_add(SignedDuration::from_secs(1)).unwrap_or(at);
        // Starts are whole seconds.
        let from = match self.after {
            Some((start, last)) if visit_type <= last => after_a_second(start),
            Some((start, _)) => start,
            None => window.start(),
        };
        let full = (self.slots.len() > self.limit).then(|| self.slots.last()).flatten();
        let until = full.map_or(window.end(), |last| after_a_second(last.start));
        TimeRange::new(from.max(window.start()), until.min(window.end())).ok()
    }

    fn add(&mut self, slots: Vec<Slot>) {
        self.slots.extend(slots);
        self.slots.sort_by_key(|slot| (slot.start, slot.visit_type));
        self.slots.truncate(self.limit + 1);
    }

    /// Takes off what is too much, and says where the next page begins.
    fn end(&mut self) -> Option<String> {
        if self.slots.len() <= self.limit {
            return None;
        }
        self.slots.truncate(self.limit);
        self.slots.last().map(|last| page::cursor(last.start, last.visit_type))
    }
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
    use rendez_vocab::entropy::SeededEntropy;
    use serde_json::json;

    use super::*;

    /// Every slot of some visit types, page after page, as the handler does it.
    fn pages(all: &[Slot], window: TimeRange, limit: usize) -> Vec<Vec<(Timestamp, VisitTypeId)>> {
        let mut kinds: Vec<VisitTypeId> = all.iter().map(|slot| slot.visit_type).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.reverse();
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let mut page = Page { slots: Vec::new(), limit, after };
            for kind in &kinds {
                let Some(rest) = page.rest(window, *kind) else { continue };
                let within = |slot: &&Slot| {
                    slot.visit_type == *kind && rest.start() <= slot.start && slot.start < rest.end()
                };
                let mut found: Vec<Slot> = all.iter().filter(within).copied().collect();
                found.sort_by_key(|slot| slot.start);
                found.truncate(limit + 1);
                page.add(found);
            }
            let next = page.end();
            pages.push(page.slots.iter().map(|slot| (slot.start, slot.visit_type)).collect());
            match next {
                Some(cursor) => after = Some(page::place(&json!(cursor)).expect("our own cursor")),
                None => return pages,
            }
        }
    }

    #[test]
    fn pages_hold_every_slot_once_in_order_whatever_their_length() {
        let entropy = SeededEntropy::new(1);
        let day: Timestamp = "2026-12-01T08:00:00Z".parse().expect("a literal");
        let at = |minutes: i64| day + SignedDuration::from_mins(minutes);
        let location = LocationId::new(day, &entropy);
        let mut all = Vec::new();
        for step in [15, 20, 60] {
            let visit_type = VisitTypeId::new(day, &entropy);
            all.extend((0..240 / step).map(|nth| Slot {
                start: at(nth * step),
                end: at(nth * step + step),
                location,
                visit_type,
            }));
        }
        let window = TimeRange::new(day, at(240)).expect("a range");
        let mut expected: Vec<_> = all.iter().map(|slot| (slot.start, slot.visit_type)).collect();
        expected.sort_unstable();
        for limit in [1, 2, 3, 7, 31, 32, 33] {
            let pages = pages(&all, window, limit);
            assert!(pages.iter().all(|page| page.len() <= limit), "{limit}");
            assert_eq!(pages.concat(), expected, "{limit}");
            assert_eq!(pages.len(), expected.len().div_ceil(limit), "{limit}");
        }
    }

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
