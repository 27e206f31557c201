//! Rooms, as far as they decide what is free: a visit that needs one is free only while one of its kind is.
//!
//! It also remembers who needs rooms where, because a booking of one of them can take the last room of all of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rendez_index::{Span, Visit};
use rendez_platform::fault::Fault;
use rendez_vocab::ids::{LocationId, PractitionerId};
use serde::{Deserialize, Serialize};
use tokio_postgres::GenericClient;
use uuid::Uuid;

use super::people::{Person, busy};
use crate::availability::bookable;

/// The rooms of some locations with what takes their time.
#[derive(Debug, Default)]
pub(super) struct Rooms(HashMap<(LocationId, String), Vec<Vec<Span>>>);

const ROOMS: &str = "SELECT r.location_id, r.kind, busy.starts, busy.ends FROM room r, LATERAL (
        SELECT array_agg(c.starts_at) AS starts, array_agg(c.ends_at) AS ends FROM claim c WHERE c.calendar_id = r.calendar_id
            AND c.starts_at > $2::timestamptz - interval '48 hours' AND c.starts_at < $3::timestamptz AND c.ends_at > $2::timestamptz
            AND (c.expires_at IS NULL OR c.expires_at > rendez_now())) busy
    WHERE r.active AND ($1::uuid[] IS NULL OR r.location_id = ANY ($1))";

impl Rooms {
    /// Reads the rooms of these locations, or of all.
    pub(super) async fn read(
        client: &impl GenericClient,
        locations: Option<&[LocationId]>,
        claims: (Timestamp, Timestamp),
    ) -> Result<Self, Fault> {
        let ids: Option<Vec<Uuid>> =
            locations.map(|locations| locations.iter().map(|id| id.uuid()).collect());
        if ids.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Self::default());
        }
        let mut rooms = Self::default();
        for row in client.query(ROOMS, &[&ids, &claims.0, &claims.1]).await? {
            let mut busy = busy(&row, 2);
            busy.sort_unstable_by_key(|span| span.start);
            rooms.0.entry((LocationId::from_uuid(row.get(0)), row.get(1))).or_default().push(busy);
        }
        Ok(rooms)
    }

    /// Whether a visit finds the room that it needs, if it needs one.
    pub(super) fn suffice(&self, needs: &Needs, visit: &Visit) -> bool {
        let Some(Some(kind)) = needs.kinds.get(usize::from(visit.visit_type)) else { return true };
        let Some(location) = needs.places.get(usize::from(visit.place)) else { return false };
        let rooms = self.0.get(&(*location, kind.clone()));
        rooms.is_some_and(|rooms| {
            rooms.iter().any(|busy| !busy.iter().any(|span| span.overlaps(visit.blocked)))
        })
    }
}

/// What a practitioner's visits need, in the index's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Needs {
    /// The kind of room by visit type.
    kinds: Vec<Option<String>>,
    /// The location by place.
    pub places: Vec<LocationId>,
}

impl Needs {
    /// What a practitioner needs who is known at these places; `None` for nothing.
    pub(super) fn of(person: &Person, places: &[LocationId]) -> Option<Self> {
        let kinds: Vec<_> =
            bookable(&person.schedule).map(|visit_type| visit_type.room_kind.clone()).collect();
        kinds.iter().any(Option::is_some).then(|| Self { kinds, places: places.to_vec() })
    }
}

/// Who needs rooms.
#[derive(Debug, Default)]
pub(super) struct RoomUsers(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    needs: HashMap<PractitionerId, Arc<Needs>>,
    at: HashMap<LocationId, HashSet<PractitionerId>>,
}

impl RoomUsers {
    /// Remembers what a practitioner needs, or that they need nothing.
    pub(super) fn set(&self, practitioner: PractitionerId, needs: Option<Needs>) {
        if needs.is_none() && self.needs(practitioner).is_none() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = known.needs.remove(&practitioner) {
            for place in &before.places {
                if let Some(users) = known.at.get_mut(place) {
                    users.remove(&practitioner);
                }
            }
        }
        if let Some(needs) = needs {
            for place in &needs.places {
                known.at.entry(*place).or_default().insert(practitioner);
            }
            known.needs.insert(practitioner, Arc::new(needs));
        }
    }

    /// What a practitioner needs.
    pub(super) fn needs(&self, practitioner: PractitionerId) -> Option<Arc<Needs>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).needs.get(&practitioner).cloned()
    }

    /// Whether nobody needs any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).needs.is_empty()
    }

    /// Whoever may lack a room when somebody takes one at these locations.
    pub(super) fn at(&self, locations: &[LocationId]) -> Vec<PractitionerId> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut users: Vec<_> =
            locations.iter().filter_map(|location| known.at.get(location)).flatten().copied().collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// Everybody with what they need.
    pub(super) fn all(&self) -> Vec<(PractitionerId, Needs)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.needs.iter().map(|(id, needs)| (*id, Needs::clone(needs))).collect()
    }
}
