//! What the directory holds.

use jiff::civil::Date;
use rendez_vocab::ids::{LocationId, OrganizationId, PatientId, PractitionerId, RoomId};

use crate::availability::{VisitType, WhoMayBook};

/// A practice, hospital or group.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
}

/// An organization to enter.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// What people call it.
    pub name: String,
}

/// A place where visits happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Street and number.
    pub line: String,
    /// In the country's form.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Degrees north, if known.
    pub latitude: Option<f64>,
    /// Degrees east, if known.
    pub longitude: Option<f64>,
    /// IANA zone.
    pub time_zone: String,
}

/// A place to enter.
#[derive(Debug, Clone)]
pub struct NewLocation {
    /// What people call it.
    pub name: String,
    /// Street and number.
    pub line: String,
    /// In the country's form.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Degrees north, if known.
    pub latitude: Option<f64>,
    /// Degrees east, if known.
    pub longitude: Option<f64>,
    /// IANA zone.
    pub time_zone: String,
}

/// A room or device that visits may need.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Where it is.
    pub location: LocationId,
    /// What visit types ask for, in kebab-case.
    pub kind: String,
    /// What people call it.
    pub name: String,
}

/// A person who gives care, whole.
#[derive(Debug, Clone)]
pub struct Practitioner {
    /// Its id.
    pub id: PractitionerId,
    /// Where they belong.
    pub organization: OrganizationId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// A code of the region's pack.
    pub specialty: Option<String>,
    /// What insurance has agreed on with them, a code of the region's pack; unknown without one.
    pub sector: Option<String>,
    /// ISO 639-1 codes.
    pub languages: Vec<String>,
    /// For patients to call.
    pub phone: Option<String>,
    /// For patients to write to.
    pub email: Option<String>,
    /// What they tell patients about themselves and their work, in their own words, up to 2,000 characters.
    pub about: Option<String>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    /// Whether weekly openings hold on public holidays.
    pub works_public_holidays: bool,
    /// Whether they can be booked at all.
    pub active: bool,
    /// Rises with each change of this record.
    pub version: i64,
    /// Rises with each change of what may be booked.
    pub schedule_version: i64,
    /// The main location first.
    pub locations: Vec<Location>,
    /// What can be booked, in the order in which patients see it.
    pub visit_types: Vec<VisitType>,
}

/// A practitioner to enter.
#[derive(Debug, Clone)]
pub struct NewPractitioner {
    /// Where they belong; without one a new organization is made.
    pub organization: Option<OrganizationId>,
    /// First name, 1 to 100 characters.
    pub given_name: String,
    /// Last name, 1 to 100 characters.
    pub family_name: String,
    /// A code of the region's pack.
    pub specialty: Option<String>,
    /// What insurance has agreed on with them, a code of the region's pack; unknown without one.
    pub sector: Option<String>,
    /// ISO 639-1 codes.
    pub languages: Vec<String>,
    /// For patients to call.
    pub phone: Option<String>,
    /// For patients to write to.
    pub email: Option<String>,
    /// What they tell patients about themselves and their work, in their own words, up to 2,000 characters.
    pub about: Option<String>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    /// Whether weekly openings hold on public holidays.
    pub works_public_holidays: bool,
    /// Where they work; without one, a nameless place in the region's main zone.
    pub location: Option<NewLocation>,
    /// What can be booked; without any, one of 15 minutes.
    pub visit_types: Vec<NewVisitType>,
}

/// Changes of a practitioner; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct PractitionerChange {
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// A code of the region's pack, or `Some(None)` to have none.
    pub specialty: Option<Option<String>>,
    /// A code of the region's pack, or `Some(None)` when it is unknown.
    pub sector: Option<Option<String>>,
    /// ISO 639-1 codes.
    pub languages: Option<Vec<String>>,
    /// For patients to call.
    pub phone: Option<Option<String>>,
    /// For patients to write to.
    pub email: Option<Option<String>>,
    /// What they tell patients about themselves.
    pub about: Option<Option<String>>,
    /// Whether somebody new may book.
    pub accepts_new_patients: Option<bool>,
    /// Whether visits at a distance are offered.
    pub telehealth: Option<bool>,
    /// Whether weekly openings hold on public holidays.
    pub works_public_holidays: Option<bool>,
    /// Whether they can be booked at all.
    pub active: Option<bool>,
}

/// A visit type to enter, with the contract's defaults.
#[derive(Debug, Clone)]
pub struct NewVisitType {
    /// What patients read.
    pub name: String,
    /// 1 to 1440.
    pub duration_minutes: u32,
    /// 0 to 480.
    pub buffer_before_minutes: u32,
    /// 0 to 480.
    pub buffer_after_minutes: u32,
    /// 24 hours unless said otherwise.
    pub min_notice_minutes: u32,
    /// 365 unless said otherwise.
    pub max_horizon_days: u32,
    /// 30 unless said otherwise.
    pub hold_minutes: u32,
    /// At a distance.
    pub telehealth: bool,
    /// Which patients.
    pub who_may_book: WhoMayBook,
    /// The kind of room it needs.
    pub room_kind: Option<String>,
    /// Whether it can be booked.
    pub active: bool,
}

impl Default for NewVisitType {
    fn default() -> Self {
        Self {
            name: String::from("Consultation"),
            duration_minutes: 15,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            min_notice_minutes: 24 * 60,
            max_horizon_days: 365,
            hold_minutes: 30,
            telehealth: false,
            who_may_book: WhoMayBook::Anyone,
            room_kind: None,
            active: true,
        }
    }
}

/// A person who receives care.
#[derive(Debug, Clone)]
pub struct Patient {
    /// Its id.
    pub id: PatientId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// If known.
    pub birth_date: Option<Date>,
    /// Where mails go.
    pub email: Option<String>,
    /// If known.
    pub phone: Option<String>,
    /// The language of mails, such as `fr`.
    pub locale: Option<String>,
    /// Rises with each change.
    pub version: i64,
}

/// A patient to enter.
#[derive(Debug, Clone, Default)]
pub struct NewPatient {
    /// First name, 1 to 100 characters.
    pub given_name: String,
    /// Last name, 1 to 100 characters.
    pub family_name: String,
    /// If known.
    pub birth_date: Option<Date>,
    /// Where mails go.
    pub email: Option<String>,
    /// If known.
    pub phone: Option<String>,
    /// The language of mails.
    pub locale: Option<String>,
}

/// Changes of a patient; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct PatientChange {
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// `Some(None)` forgets it.
    pub birth_date: Option<Option<Date>>,
    /// `Some(None)` forgets it.
    pub email: Option<Option<String>>,
    /// `Some(None)` forgets it.
    pub phone: Option<Option<String>>,
    /// `Some(None)` forgets it.
    pub locale: Option<Option<String>>,
}
