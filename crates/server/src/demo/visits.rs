//! What is booked around today: some practitioners are full for weeks, some are free tomorrow.
//!
//! Invariants: each visit stands on a slot that the schedule itself offers, and no calendar of a practitioner, room or
//! patient is taken twice. Whoever comes to a practitioner who sees known patients only has been there before
//! Rendez was.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{self, Schedule, Slot, VisitType};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, PractitionerId, RoomId};

use super::world::{Appointment, Demand, Ground, Patient, Practice, Practitioner};
use crate::bulk::dice::Dice;

/// So many days of the past have visits.
const PAST_DAYS: i64 = 5;
/// So many days of the future may have visits.
const COMING_DAYS: i64 = 45;
/// Where the guest stands among the patients: the one whose visits are chosen, not drawn.
const GUEST: usize = 0;
/// So many days of the past and of the future are wide enough that the guest finds a slot in each, whatever is closed.
const GUEST_DAYS: (i64, i64) = (20, 30);
/// How often somebody else is tried when a patient has another visit at that time.
const TRIES: usize = 8;
const REASONS: [&str; 7] = [
    "Suivi",
    "Renouvellement d'ordonnance",
    "Contrôle annuel",
    "Première visite",
    "Résultats d'examens",
    "Certificat médical",
    "Douleurs",
];

/// Books patients, practice by practice.
pub(super) struct Diary<'a> {
    ground: &'a Ground,
    patients: &'a [Patient],
    /// What is taken of each patient's time, by the patient's place in the list.
    taken: Vec<Vec<TimeRange>>,
    /// What the guest's visits take of practitioners' time.
    reserved: Vec<(PractitionerId, TimeRange)>,
    booked: Vec<Appointment>,
}

impl<'a> Diary<'a> {
    /// An empty diary. The guest, who is the first patient, comes only where [`Diary::book_guest`] says.
    pub(super) fn new(ground: &'a Ground, patients: &'a [Patient]) -> Self {
        let taken = patients.iter().map(|_| Vec::new()).collect();
        Self { ground, patients, taken, reserved: Vec::new(), booked: Vec::new() }
    }

    /// Fills the days of a practice.
    pub(super) fn fill(&mut self, practice: &Practice, dice: &Dice) {
        let mut rooms: Rooms = HashMap::new();
        for practitioner in &practice.practitioners {
            let mut busy_until = Timestamp::MIN;
            let days = (PAST_DAYS, COMING_DAYS.min(reach(practitioner.demand)));
            for slot in self.offered(&practitioner.schedule, days, dice) {
                let day = day_of(slot.start, self.ground);
                if dice.below(100) >= chance(practitioner.demand, day) {
                    continue;
                }
                let Some((visit_type, visit, blocked)) = ranges(&practitioner.schedule, &slot) else {
                    continue;
                };
                if blocked.start() < busy_until {
                    continue;
                }
                let Some(patient) = self.somebody_free(visit, dice) else { continue };
                let Some(room) = room(practice, visit_type, blocked, &rooms) else { continue };
                let status = status(practitioner.demand, day, dice);
                if status != "cancelled" {
                    busy_until = blocked.end();
                    self.taken[patient].push(visit);
                    if let Some((id, _)) = room {
                        rooms.entry(id).or_default().push(blocked);
                    }
                }
                self.book(practitioner, visit_type, visit, blocked, room, patient, status, dice);
            }
        }
    }

    /// Books the guest with a practitioner: the first slot of the past weeks and the first that is at least three days ahead.
    /// Call it before the practitioner's practice is filled.
    pub(super) fn book_guest(&mut self, practitioner: &Practitioner, dice: &Dice) {
        let slots = self.offered(&practitioner.schedule, GUEST_DAYS, dice);
        let plain = |slot: &&Slot| {
            ranges(&practitioner.schedule, slot)
                .is_some_and(|(known, ..)| !known.telehealth && known.room_kind.is_none())
        };
        let past = slots.iter().filter(plain).find(|slot| day_of(slot.start, self.ground) < 0);
        let coming = slots.iter().filter(plain).find(|slot| day_of(slot.start, self.ground) >= 3);
        for (slot, status) in [(past, "fulfilled"), (coming, "booked")] {
            let Some(slot) = slot else { continue };
            let Some((visit_type, visit, blocked)) = ranges(&practitioner.schedule, slot) else { continue };
            self.taken[GUEST].push(visit);
            self.reserved.push((practitioner.schedule.practitioner, blocked));
            self.book(practitioner, visit_type, visit, blocked, None, GUEST, status, dice);
        }
    }

    /// Everything that was booked.
    pub(super) fn finish(self) -> Vec<Appointment> {
        self.booked
    }

    /// The slots of the past and the coming days by start, those of the same start in random order. What the
    /// diary already holds of the practitioner's time is left out, as is time off.
    fn offered(&self, schedule: &Schedule, (past, coming): (i64, i64), dice: &Dice) -> Vec<Slot> {
        let mut claims: Vec<TimeRange> = schedule.time_off.iter().map(|off| off.range).collect();
        let reserved = self.reserved.iter().filter(|(whose, _)| *whose == schedule.practitioner);
        claims.extend(reserved.map(|(_, range)| *range));
        claims.sort_unstable();
        let mut found = Vec::new();
        let spans = [(-past, 0), (0, coming)]
            .map(|(from, until)| (self.ground.days_on(from), self.ground.days_on(until)));
        for (start, end) in spans {
            let Ok(window) = TimeRange::new(start, end) else { continue };
            for visit_type in &schedule.visit_types {
                // As if it were just early enough to book the window's first start.
                let notice = SignedDuration::from_mins(i64::from(visit_type.min_notice_minutes));
                let then = start.checked_sub(notice).unwrap_or(start);
                found.extend(availability::slots(schedule, visit_type.id, window, then, &claims, None));
            }
        }
        let mut found: Vec<(usize, Slot)> =
            found.into_iter().map(|slot| (dice.below(usize::MAX), slot)).collect();
        found.sort_by_key(|(thrown, slot)| (slot.start, *thrown));
        found.into_iter().map(|(_, slot)| slot).collect()
    }

    /// A patient without a visit at that time.
    fn somebody_free(&self, visit: TimeRange, dice: &Dice) -> Option<usize> {
        let others = self.patients.len().checked_sub(GUEST + 1)?;
        (0..TRIES)
            .map(|_| GUEST + 1 + dice.below(others))
            .find(|patient| self.taken[*patient].iter().all(|other| !other.overlaps(visit)))
    }

    fn book(
        &mut self,
        practitioner: &Practitioner,
        visit_type: &VisitType,
        visit: TimeRange,
        blocked: TimeRange,
        room: Option<(RoomId, i64)>,
        patient: usize,
        status: &'static str,
        dice: &Dice,
    ) {
        let schedule = &practitioner.schedule;
        let patient = &self.patients[patient];
        let before = SignedDuration::from_mins(dice.between(1500, 30_000));
        let known = visit.start().min(self.ground.midnight);
        let created_at = known.checked_sub(before).unwrap_or(known);
        let (version, updated_at) = match status {
            "booked" => (2, created_at),
            "cancelled" => (3, created_at.checked_add(before / 2).unwrap_or(created_at)),
            _ => (3, visit.end()),
        };
        self.booked.push(Appointment {
            id: AppointmentId::new(created_at, dice.entropy()),
            patient: patient.id,
            patient_calendar: patient.calendar,
            practitioner: schedule.practitioner,
            practitioner_calendar: schedule.calendar,
            organization: schedule.organization,
            location: schedule.default_location,
            visit_type: visit_type.id,
            room,
            visit,
            blocked,
            status,
            reason: dice.chance(35).then(|| *dice.pick(&REASONS)),
            cancel_reason: (status == "cancelled").then_some("Empêchement"),
            telehealth: visit_type.telehealth,
            policy_version: schedule.version,
            version,
            created_at,
            updated_at,
        });
    }
}

/// What is taken of each room.
type Rooms = HashMap<RoomId, Vec<TimeRange>>;

/// The room for a visit, `Some(None)` where it needs none, `None` where it needs one and none is free.
fn room(
    practice: &Practice,
    visit_type: &VisitType,
    blocked: TimeRange,
    taken: &Rooms,
) -> Option<Option<(RoomId, i64)>> {
    let Some(kind) = &visit_type.room_kind else { return Some(None) };
    let free =
        |id: &RoomId| taken.get(id).is_none_or(|taken| taken.iter().all(|other| !other.overlaps(blocked)));
    let found = practice.rooms.iter().find(|room| room.kind == kind && free(&room.id))?;
    Some(Some((found.id, found.calendar)))
}

/// The visit type of a slot, the visit, and what it takes of the practitioner's time.
fn ranges<'a>(schedule: &'a Schedule, slot: &Slot) -> Option<(&'a VisitType, TimeRange, TimeRange)> {
    let visit_type = schedule.visit_type(slot.visit_type)?;
    Some((visit_type, visit_type.range_at(slot.start)?, visit_type.blocked_at(slot.start)?))
}

/// Days of 24 hours from the beginning of today.
fn day_of(start: Timestamp, ground: &Ground) -> i64 {
    start.duration_since(ground.midnight).as_secs().div_euclid(24 * 60 * 60)
}

/// Up to which day somebody may be booked.
fn reach(demand: Demand) -> i64 {
    match demand {
        Demand::FullFor(days) => days + 10,
        Demand::High => 21,
        Demand::Usual => 14,
        Demand::Low => 7,
    }
}

/// In how many of a hundred cases a start that is still free is booked. Visits are longer than the distance of most
/// starts, so a day is fuller than this says.
fn chance(demand: Demand, day: i64) -> usize {
    match (demand, day) {
        (Demand::FullFor(_), ..0) => 25,
        (Demand::FullFor(days), day) => {
            if day < days {
                100
            } else {
                15
            }
        }
        (Demand::High, ..0) => 10,
        (Demand::High, 0..4) => 65,
        (Demand::High, 4..10) => 12,
        (Demand::High, _) => 3,
        (Demand::Usual, ..0) => 3,
        (Demand::Usual, 0..3) => 8,
        (Demand::Usual, 3..8) => 3,
        (Demand::Low, ..0) => 2,
        (Demand::Usual | Demand::Low, _) => 1,
    }
}

/// What became of a visit; those of today are still to come for the practice to mark.
fn status(demand: Demand, day: i64, dice: &Dice) -> &'static str {
    let full = matches!(demand, Demand::FullFor(_));
    match (dice.below(100), day < 0) {
        // A cancelled visit would leave a hole where everything is taken.
        (0..3, _) if !full => "cancelled",
        (_, false) => "booked",
        (0..8, true) => "no-show",
        _ => "fulfilled",
    }
}
