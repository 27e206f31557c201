//! What a practice keeps beside its schedule: its patients, whom of them it asks to call, and the trail of who did what.
//!
//! Invariant: everything begins at a [`Workplace`], which only somebody who works in the organization gets, so a reading
//! of another practice's patients does not exist. Owns the table `patient_block`; booking's statements read it.

mod blocks;
mod error;
mod patients;
mod trail;
mod workplace;

pub use blocks::{block_from_online_booking, unblock};
pub use error::PracticeRefusal;
pub use patients::{
    FoundPatients, PatientBlock, PatientLine, PatientQuestion, PatientRecord, VisitsOfPatient,
    blocked_patients, find_patients, patient_record, visits_of_patient,
};
pub use trail::{Doer, Moved, Trail, TrailEntry, TrailFilter, trail};
pub use workplace::{Workplace, workplace, workplaces};
