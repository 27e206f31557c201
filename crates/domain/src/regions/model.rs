//! A region's pack, as the rest of the program reads it.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rendez_vocab::RegionCode;
use serde::Deserialize;

use super::holidays::{self, Holiday};
use super::{Identifier, PhoneForm, PostalCodeForm, Text};

/// Everything that is different in one country. Made by [`Pack::parse`] only, so it is complete and consistent.
#[derive(Debug, Clone)]
pub struct Pack {
    pub(super) region: RegionCode,
    pub(super) number: i16,
    pub(super) name: Text,
    pub(super) locales: Vec<String>,
    pub(super) default_locale: String,
    pub(super) time_zones: Vec<(String, TimeZone)>,
    pub(super) phone: PhoneForm,
    pub(super) postal_code: PostalCodeForm,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) policies: Policies,
    pub(super) retention: Retention,
    pub(super) consents: Vec<Consent>,
    pub(super) holidays: Vec<Holiday>,
    pub(super) specialties: Vec<Specialty>,
}

impl Pack {
    /// Which region it is for.
    pub fn region(&self) -> RegionCode {
        self.region
    }

    /// The region's number, ISO 3166-1 numeric.
    pub fn number(&self) -> i16 {
        self.number
    }

    /// The country's name.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }

    /// The locales that its people read (BCP 47), and in which every text of the pack stands.
    pub fn locales(&self) -> &[String] {
        &self.locales
    }

    /// The locale for somebody who asked for none of [`Pack::locales`].
    pub fn default_locale(&self) -> &str {
        &self.default_locale
    }

    /// The zone of a location that names none.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zones[0].1
    }

    /// The IANA name of [`Pack::time_zone`].
    pub fn time_zone_name(&self) -> &str {
        &self.time_zones[0].0
    }

    /// IANA names of every zone of the country, the default first.
    pub fn time_zone_names(&self) -> impl Iterator<Item = &str> {
        self.time_zones.iter().map(|(name, _)| name.as_str())
    }

    /// How phone numbers are written.
    pub fn phone(&self) -> &PhoneForm {
        &self.phone
    }

    /// How postal codes are written.
    pub fn postal_code(&self) -> &PostalCodeForm {
        &self.postal_code
    }

    /// The numbers that practitioners and patients bear.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// Defaults of what may be booked.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// How long personal data stays.
    pub fn retention(&self) -> &Retention {
        &self.retention
    }

    /// What a patient is asked to agree to.
    pub fn consents(&self) -> &[Consent] {
        &self.consents
    }

    /// The public holidays of some years in order of date, each with its name. Years lie between 1583 and 9999.
    pub fn holidays(&self, years: RangeInclusive<i16>) -> Vec<(Date, &Text)> {
        holidays::of_years(&self.holidays, years)
    }

    /// Every specialty, in the order of the pack.
    pub fn specialties(&self) -> &[Specialty] {
        &self.specialties
    }

    /// The specialty with a code.
    pub fn specialty(&self, code: &str) -> Option<&Specialty> {
        self.specialties.iter().find(|specialty| specialty.code == code)
    }
}

/// Defaults of what may be booked; a visit type may have its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// A visit is booked at least so many minutes before it starts.
    pub min_notice_minutes: i32,
    /// A hold lives so many minutes.
    pub hold_minutes: i32,
    /// A visit is booked at most so many days (of 24 hours) ahead.
    pub max_horizon_days: i32,
    /// A patient has at most so many live holds.
    pub max_holds_per_patient: i16,
    /// A booking begun in time may end so many minutes after its notice has run out.
    pub notice_grace_minutes: i32,
}

/// How long personal data stays, in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Appointments, after their end.
    pub appointment_months: i32,
    /// Accounts, after their last use.
    pub inactive_account_months: i32,
    /// The audit.
    pub audit_months: i32,
}

/// Something a patient is asked to agree to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Short name in kebab-case; what is stored beside the answer.
    pub key: String,
    /// Whether nothing can be booked without it.
    pub required: bool,
    /// What the patient reads.
    pub text: Text,
}

/// What a practitioner is trained in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specialty {
    /// Short name in kebab-case: what stands in URLs and in the database.
    pub code: String,
    name: Text,
    /// Its SNOMED CT code, as FHIR's practice codes use it.
    pub snomed: Option<String>,
    /// How common it is: so many among about a thousand practitioners.
    pub weight: u32,
    /// What a new practice is offered to start from; never empty.
    pub visit_types: Vec<VisitTypeTemplate>,
}

impl Specialty {
    /// What people call somebody of this specialty.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }

    /// The name in all locales.
    pub(super) fn text(&self) -> &Text {
        &self.name
    }
}

/// A visit type that practices of a specialty usually have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitTypeTemplate {
    name: Text,
    /// How long the visit lasts.
    pub minutes: i32,
    /// Whether it is made at a distance.
    #[serde(default)]
    pub telehealth: bool,
}

impl VisitTypeTemplate {
    /// What people call it.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }

    /// The name in all locales.
    pub(super) fn text(&self) -> &Text {
        &self.name
    }
}
