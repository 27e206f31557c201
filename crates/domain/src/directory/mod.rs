//! Who and where: organizations, locations, rooms, practitioners with their visit types, patients; and when a
//! practitioner works: opening hours, one-off openings, time off.
//!
//! Invariant: whatever changes what may be booked raises `practitioner.schedule_version` in the same transaction, so no
//! booking is ever judged by an old rule. Owns the tables `organization`, `location`, `room`, `practitioner`,
//! `practitioner_location`, `visit_type`, `patient`, `opening_rule`, `closure`, `opening`, `time_off`.

pub mod bulk;
mod error;
mod locations;
mod model;
mod opening_hours;
mod openings;
mod patient_search;
mod patients;
mod practitioners;
mod time_off;
mod visit_types;

pub use error::DirectoryRefusal;
pub use locations::{NewRoom, add_location, add_room, location, locations, organization, rooms, rooms_of};
pub use model::{
    Location, NewLocation, NewOrganization, NewPatient, NewPractitioner, NewVisitType, Organization, Patient,
    PatientChange, Practitioner, PractitionerChange, Room,
};
pub use opening_hours::{OpeningHours, WeeklyOpening, opening_hours, put_opening_hours};
pub use openings::{NewOpenings, OpenedRange, delete_opening, open};
pub use patient_search::{find_patients, similar_patients, written_date};
pub(crate) use patients::insert_patient;
pub use patients::{create_patient, patient, patients_by_id, update_patient};
pub(crate) use practitioners::record;
pub use practitioners::{
    create_practitioner, practitioner, practitioners_by_id, practitioners_of, update_practitioner,
};
pub use time_off::{
    NewTimeOff, StruckAppointment, TakenTimeOff, TimeOffEntry, end_time_off, list_time_off, take_time_off,
};
pub use visit_types::{order_visit_types, visit_type_change};
