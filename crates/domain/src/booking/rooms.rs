//! Rooms and devices as far as offers need them: a visit that needs one is offered only while one of its kind is free.
//!
//! Like the claims of practitioners this is a reading of one instant; the booking's statement takes the room for good.

use jiff::{SignedDuration, Timestamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Store};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::LocationId;
use uuid::Uuid;

use crate::availability::{Schedule, Slot, VisitType, slots};
use crate::timeline::{seen, sees};

/// The rooms of some schedules' locations with what takes their time.
#[derive(Debug, Default)]
pub(crate) struct Rooms(Vec<Room>);

#[derive(Debug)]
struct Room {
    id: Uuid,
    location: LocationId,
    kind: String,
    busy: Vec<TimeRange>,
}

const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

const ROOMS: &str = concat!(
    "SELECT r.id, r.location_id, r.kind, c.starts_at, c.ends_at, c.kind, c.owner_id, c.expires_at
     FROM room r LEFT JOIN claim c ON c.calendar_id = r.calendar_id AND ",
    sees!(),
    " AND (c.expires_at IS NULL OR c.expires_at > rendez_now())
     WHERE r.location_id = ANY ($1) AND r.kind = ANY ($4) AND r.active ORDER BY r.id, c.starts_at"
);

impl Rooms {
    /// Reads the rooms that any visit type of these schedules may need; asks nothing when none does.
    pub(crate) async fn read(
        store: &Store,
        schedules: &[&Schedule],
        window: TimeRange,
    ) -> Result<Self, Fault> {
        let needy =
            schedules.iter().filter(|schedule| schedule.visit_types.iter().any(|vt| vt.room_kind.is_some()));
        let (mut locations, mut kinds): (Vec<Uuid>, Vec<&str>) = (Vec::new(), Vec::new());
        for schedule in needy {
            locations.extend(schedule.locations.iter().map(|location| location.id.uuid()));
            kinds.extend(schedule.visit_types.iter().filter_map(|vt| vt.room_kind.as_deref()));
        }
        if kinds.is_empty() {
            return Ok(Self::default());
        }
        let conn = store.read_fresh().await?;
        let rows = conn.rows(ROOMS, &[&locations, &window.start(), &window.end(), &kinds]).await?;
        let mut rooms: Vec<Room> = Vec::new();
        for row in &rows {
            let id = row.get(0);
            if rooms.last().is_none_or(|last| last.id != id) {
                let location = LocationId::from_uuid(row.get(1));
                rooms.push(Room { id, location, kind: row.get(2), busy: Vec::new() });
            }
            if let (Some(room), Some(claim)) = (rooms.last_mut(), seen(row, 3)) {
                room.busy.push(claim.range);
            }
        }
        Ok(Self(rooms))
    }

    /// Whether the visit needs no room, or one of its kind is free at the location for all of the blocked time.
    pub(crate) fn suffice(&self, visit_type: &VisitType, location: LocationId, blocked: TimeRange) -> bool {
        let Some(kind) = &visit_type.room_kind else { return true };
        self.0
            .iter()
            .filter(|room| room.location == location && room.kind == *kind)
            .any(|room| !room.busy.iter().any(|busy| busy.overlaps(blocked)))
    }

    /// The slots of a visit type for which a room is free too, at most `limit`.
    pub(crate) fn slots(
        &self,
        schedule: &Schedule,
        visit_type: &VisitType,
        window: TimeRange,
        now: Timestamp,
        busy: &[TimeRange],
        limit: Option<usize>,
    ) -> Vec<Slot> {
        if visit_type.room_kind.is_none() {
            return slots(schedule, visit_type.id, window, now, busy, limit);
        }
        self.slots_where(schedule, visit_type, window, now, busy, limit, |_| true)
    }

    /// The same, but only those slots that suit; computed a week at a time, so that no more is computed than is asked for.
    pub(crate) fn slots_where(
        &self,
        schedule: &Schedule,
        visit_type: &VisitType,
        window: TimeRange,
        now: Timestamp,
        busy: &[TimeRange],
        limit: Option<usize>,
        suits: impl Fn(&Slot) -> bool,
    ) -> Vec<Slot> {
        let limit = limit.unwrap_or(usize::MAX);
        let good = |slot: &Slot| {
            let blocked = visit_type.blocked_at(slot.start);
            suits(slot) && blocked.is_some_and(|blocked| self.suffice(visit_type, slot.location, blocked))
        };
        let mut found = Vec::new();
        let mut from = window.start();
        while from < window.end() && found.len() < limit {
            let until = from.checked_add(WEEK).map_or(window.end(), |end| end.min(window.end()));
            let Ok(week) = TimeRange::new(from, until) else { break };
            let all = slots(schedule, visit_type.id, week, now, busy, None);
            found.extend(all.into_iter().filter(&good).take(limit - found.len()));
            from = until;
        }
        found
    }
}
