//! A part of the country's patients.

use jiff::ToSpan;
use jiff::civil::Date;
use rendez_vocab::ids::PatientId;

use super::country::Country;
use super::names;
use crate::bulk::people::{email, mobile_phone};

/// Which dice of the country these are.
const KIND: u64 = 2;

/// Somebody who receives care.
pub(super) struct Patient {
    /// Its id.
    pub(super) id: PatientId,
    /// Whose time visits take.
    pub(super) calendar: i64,
    /// First name.
    pub(super) given_name: String,
    /// Last name.
    pub(super) family_name: String,
    /// The day of birth.
    pub(super) birth_date: Date,
    /// Where mails would go.
    pub(super) email: String,
    /// A number that is nobody's.
    pub(super) phone: String,
}

/// The patients from number `first` on, `count` of them. Calendars follow `calendars`.
pub(super) fn make(
    country: &Country,
    part: usize,
    first: usize,
    count: usize,
    calendars: i64,
) -> Vec<Patient> {
    let dice = country.dice(KIND, part);
    let patient = |number: usize| {
        let (given_name, family_name) = names::draw(country.names, &dice);
        let age_days = dice.between(60, 95 * 365);
        Patient {
            id: PatientId::new(country.made_at(number), dice.entropy()),
            calendar: calendars + i64::try_from(number).unwrap_or(i64::MAX),
            email: email(&given_name, &family_name, number, "patient.example"),
            given_name,
            family_name,
            birth_date: country.today.checked_sub(age_days.days()).unwrap_or(country.today),
            phone: mobile_phone(&dice),
        }
    };
    (first..first + count).map(patient).collect()
}
