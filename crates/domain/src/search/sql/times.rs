//! When candidates are free: one reading of claims for each round of them, the rest is computed.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, PractitionerId};
use uuid::Uuid;

use super::super::SHOWN;
use super::super::model::SearchRequest;
use super::candidates::Candidate;
use crate::availability::{Schedule, Slot, VisitType, WhoMayBook};
use crate::booking::Rooms;
use crate::ctx::Ctx;
use crate::timeline::{Claim, seen, sees};

/// As the directory allows; a visit and its buffers behind are never longer than four of these.
const LONGEST_BUFFER: SignedDuration = SignedDuration::from_hours(8);

const CLAIMS: &str = concat!(
    "SELECT p.id, p.schedule_version, c.starts_at, c.ends_at, c.kind, c.owner_id, c.expires_at
     FROM practitioner p LEFT JOIN claim c ON c.calendar_id = p.calendar_id AND ",
    sees!(),
    " AND (c.expires_at IS NULL OR c.expires_at > rendez_now()) WHERE p.id = ANY ($1) ORDER BY c.starts_at"
);

/// The next free slots of those candidates who have any, each at one place with its distance: the nearest of the circle that
/// has some, else where the first one is.
pub(super) async fn of(
    ctx: &Ctx,
    request: &SearchRequest,
    candidates: &[Candidate],
    window: TimeRange,
    now: Timestamp,
) -> Result<HashMap<Uuid, (i64, Vec<Slot>)>, Fault> {
    let ids: Vec<Uuid> = candidates.iter().map(|candidate| candidate.id).collect();
    let places: HashMap<Uuid, &[(LocationId, i64)]> =
        candidates.iter().map(|candidate| (candidate.id, candidate.places.as_slice())).collect();
    // Buffers reach over the window's edges.
    let reach = TimeRange::new(
        window.start().checked_sub(LONGEST_BUFFER).unwrap_or(window.start()),
        window.end().checked_add(LONGEST_BUFFER * 4).unwrap_or(window.end()),
    )
    .unwrap_or(window);
    let conn = ctx.store.read_any().await?;
    let rows = conn.rows(CLAIMS, &[&ids, &reach.start(), &reach.end()]).await?;
    drop(conn);
    let mut versions: HashMap<Uuid, i64> = HashMap::new();
    let mut claims: HashMap<Uuid, Vec<Claim>> = HashMap::new();
    for row in &rows {
        let id: Uuid = row.get(0);
        versions.insert(id, row.get(1));
        claims.entry(id).or_default().extend(seen(row, 2));
    }
    let wanted: Vec<(PractitionerId, i64)> =
        versions.iter().map(|(id, version)| (PractitionerId::from_uuid(*id), *version)).collect();
    let schedules = ctx.schedules.at_versions(&ctx.store, &wanted).await?;
    let all: Vec<&Schedule> = schedules.iter().map(|schedule| &**schedule).collect();
    let rooms = Rooms::read(&ctx.store, &all, reach).await?;
    let found = schedules.iter().filter_map(|schedule| {
        let id = schedule.practitioner.uuid();
        let busy: Vec<TimeRange> = claims.get(&id).into_iter().flatten().map(|claim| claim.range).collect();
        let free = FreeTime { request, schedule, rooms: &rooms, window, now, busy: &busy };
        let (metres, slots) = free.at_one_place(places.get(&id).copied().unwrap_or_default())?;
        Some((id, (metres, slots)))
    });
    Ok(found.collect())
}

/// The visit type that a request looks at: the first that suits.
fn visit_type<'s>(request: &SearchRequest, schedule: &'s Schedule) -> Option<&'s VisitType> {
    let suits = |visit_type: &&VisitType| {
        visit_type.active
            && request.visit_minutes.is_none_or(|minutes| visit_type.duration_minutes >= minutes)
            && (request.new_patients != Some(true) || visit_type.who_may_book != WhoMayBook::Known)
    };
    let mut types = schedule.visit_types.iter().filter(suits);
    let at_a_distance = |visit_type: &&VisitType| Some(visit_type.telehealth) == request.telehealth;
    match request.telehealth {
        None => types.next(),
        // Who offers visits at a distance without a visit type for them takes any.
        Some(true) => types.clone().find(at_a_distance).or_else(|| types.next()),
        Some(false) => types.find(at_a_distance),
    }
}

/// Where one practitioner's free time is looked for.
struct FreeTime<'a> {
    request: &'a SearchRequest,
    schedule: &'a Arc<Schedule>,
    rooms: &'a Rooms,
    window: TimeRange,
    now: Timestamp,
    busy: &'a [TimeRange],
}

impl FreeTime<'_> {
    /// The next slots at one of these places, or without places where the first one is.
    fn at_one_place(&self, places: &[(LocationId, i64)]) -> Option<(i64, Vec<Slot>)> {
        let visit_type = visit_type(self.request, self.schedule)?;
        let at = |place: LocationId, metres| {
            let slots = self.slots(visit_type, SHOWN, |slot| slot.location == place);
            (!slots.is_empty()).then_some((metres, slots))
        };
        if places.is_empty() {
            let first = self.slots(visit_type, 1, |_| true);
            return at(first.first()?.location, 0);
        }
        places.iter().find_map(|(place, metres)| at(*place, *metres))
    }

    fn slots(&self, visit_type: &VisitType, most: usize, there: impl Fn(&Slot) -> bool) -> Vec<Slot> {
        let request = self.request;
        let suits = |slot: &Slot| {
            if !there(slot) {
                return false;
            }
            if request.days.is_empty() && request.hours.is_none() {
                return true;
            }
            let Some(location) = self.schedule.location(slot.location) else { return false };
            let local = location.time_zone.to_datetime(slot.start);
            (request.days.is_empty() || request.days.contains(&local.weekday()))
                && request.hours.is_none_or(|(from, until)| from <= local.time() && local.time() < until)
        };
        self.rooms.slots_where(self.schedule, visit_type, self.window, self.now, self.busy, Some(most), suits)
    }
}
