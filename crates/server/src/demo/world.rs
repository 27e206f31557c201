//! The demo's world before it is written: who practises where, who comes, and what is booked.
//!
//! Plain data. A practitioner's openings stand in a [`Schedule`], the very type that computes what can be booked.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{HolidayCalendar, Schedule};
use rendez_domain::regions::Pack;
use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{
    AppointmentId, LocationId, OrganizationId, PatientId, PractitionerId, RoomId, VisitTypeId,
};

/// How much is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// So many practitioners, at least 5: the first practice, which the logins belong to, has as many.
    pub practitioners: usize,
    /// So many patients, at least 20 or visits find none who is free.
    pub patients: usize,
}

impl Size {
    /// What `rendez serve --demo` shows.
    pub const FULL: Self = Self { practitioners: 2000, patients: 3000 };
}

/// What every part of the world is made from.
pub(super) struct Ground {
    /// The country.
    pub pack: &'static Pack,
    /// The day on the wall of the country's main zone.
    pub today: Date,
    /// When that day began.
    pub midnight: Timestamp,
    /// The country's public holidays around that day.
    pub holidays: Arc<HolidayCalendar>,
}

impl Ground {
    /// The ground at an instant.
    pub(super) fn new(pack: &'static Pack, now: Timestamp) -> Result<Self, Fault> {
        let today = now.to_zoned(pack.time_zone().clone()).date();
        let midnight = today
            .to_zoned(pack.time_zone().clone())
            .map_err(|error| Fault::new("finding the day's beginning", error))?
            .timestamp();
        let years = today.year() - 1..=today.year() + 3;
        let holidays = pack.holidays(years).into_iter().map(|(date, _)| date).collect();
        Ok(Self { pack, today, midnight, holidays: Arc::new(holidays) })
    }

    /// So many days of 24 hours after the day's beginning.
    pub(super) fn days_on(&self, days: i64) -> Timestamp {
        self.midnight.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(self.midnight)
    }
}

/// A practice: an organization with one location.
pub(super) struct Practice {
    pub organization: OrganizationId,
    pub location: LocationId,
    pub name: String,
    pub line: String,
    pub postal_code: String,
    pub city: String,
    pub latitude: f64,
    pub longitude: f64,
    pub rooms: Vec<Room>,
    pub practitioners: Vec<Practitioner>,
}

/// A room or device of a practice.
pub(super) struct Room {
    pub id: RoomId,
    pub calendar: i64,
    pub kind: &'static str,
    pub name: &'static str,
}

/// Somebody who gives care.
pub(super) struct Practitioner {
    pub given_name: String,
    pub family_name: String,
    pub specialty: &'static str,
    pub sector: Option<&'static str>,
    pub languages: Vec<&'static str>,
    pub phone: String,
    pub email: String,
    pub schedule: Schedule,
    pub demand: Demand,
}

/// How sought after a practitioner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing is free for so many days.
    FullFor(i64),
    /// The coming days are nearly full.
    High,
    /// Some of each day is taken.
    Usual,
    /// Free tomorrow.
    Low,
}

/// Somebody who receives care.
pub(super) struct Patient {
    pub id: PatientId,
    pub calendar: i64,
    pub given_name: String,
    pub family_name: String,
    pub birth_date: Date,
    pub email: String,
    pub phone: String,
    pub locale: String,
}

/// A visit.
pub(super) struct Appointment {
    pub id: AppointmentId,
    pub patient: PatientId,
    pub patient_calendar: i64,
    pub practitioner: PractitionerId,
    pub practitioner_calendar: i64,
    pub organization: OrganizationId,
    pub location: LocationId,
    pub visit_type: VisitTypeId,
    /// The room and its calendar, where the visit needs one.
    pub room: Option<(RoomId, i64)>,
    pub visit: TimeRange,
    pub blocked: TimeRange,
    pub status: &'static str,
    pub reason: Option<&'static str>,
    pub cancel_reason: Option<&'static str>,
    pub telehealth: bool,
    pub policy_version: i64,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Ids of calendars that the database has set aside for this load.
pub(super) struct Calendars(std::vec::IntoIter<i64>);

impl Calendars {
    /// The ids that may be handed out.
    pub(super) fn new(ids: Vec<i64>) -> Self {
        Self(ids.into_iter())
    }

    /// One that nobody has had yet.
    pub(super) fn take(&mut self) -> Result<i64, Fault> {
        self.0.next().ok_or(Fault::plain("handing out the demo's calendars"))
    }
}
