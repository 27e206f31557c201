//! A region's pack, as the rest of the program reads it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rendez_vocab::RegionCode;
use serde::Deserialize;

use super::holidays::{self, Holiday};
use super::places::Gazetteer;
use super::{Identifier, PhoneForm, Place, PostalCodeForm, Specialty, Text};

/// Everything that is different in one country. Made by [`Pack::parse`] only, so it is complete and consistent.
#[derive(Debug, Clone)]
pub struct Pack {
    pub(super) region: RegionCode,
    pub(super) number: i16,
    pub(super) name: Text,
    pub(super) locales: Vec<String>,
    pub(super) default_locale: String,
    pub(super) time_zones: Vec<(String, TimeZone)>,
    pub(super) zone_of: BTreeMap<String, String>,
    pub(super) phone: PhoneForm,
    pub(super) postal_code: PostalCodeForm,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) policies: Policies,
    pub(super) retention: Retention,
    pub(super) consents: Vec<Consent>,
    pub(super) holidays: Vec<Holiday>,
    pub(super) sectors: Vec<Sector>,
    pub(super) languages: Vec<Language>,
    pub(super) specialties: Vec<Specialty>,
    pub(super) gazetteer: &'static LazyLock<Gazetteer>,
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

    /// The IANA name of the zone that holds in a place.
    pub fn time_zone_name_at(&self, place: &Place) -> &str {
        let code = &place.insee_code;
        let starts = (1..=code.len()).rev().filter_map(|length| code.get(..length));
        starts
            .filter_map(|start| self.zone_of.get(start))
            .next()
            .map_or(self.time_zone_name(), String::as_str)
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

    /// What insurance may have agreed on with a practitioner, in the order of the pack.
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// The sector with a code.
    pub fn sector(&self, code: &str) -> Option<&Sector> {
        self.sectors.iter().find(|sector| sector.code == code)
    }

    /// Languages that practitioners speak, the commonest first.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Every specialty, in the order of the pack.
    pub fn specialties(&self) -> &[Specialty] {
        &self.specialties
    }

    /// The specialty with a code.
    pub fn specialty(&self, code: &str) -> Option<&Specialty> {
        self.specialties.iter().find(|specialty| specialty.code == code)
    }

    /// The country's towns and parts of towns, the largest first.
    pub fn places(&self) -> &[Place] {
        self.gazetteer.places()
    }

    /// The town with a code of INSEE.
    pub fn place_by_code(&self, code: &str) -> Option<&Place> {
        self.gazetteer.by_code(code)
    }

    /// The towns that a postal code belongs to: parts of a town before the town, else the largest first.
    pub fn places_by_postal_code(&self, code: &str) -> impl Iterator<Item = &Place> {
        self.gazetteer.by_postal_code(code)
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

/// What statutory health insurance has agreed on with a practitioner, and so what a visit may cost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sector {
    /// Short name in kebab-case: what stands in URLs and in the database.
    pub code: String,
    pub(super) name: Text,
}

impl Sector {
    /// What people call it.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }
}

/// A language that practitioners speak.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// ISO 639-1.
    pub code: String,
    pub(super) name: Text,
    /// So many of a hundred practitioners speak it.
    pub percent: u32,
}

impl Language {
    /// What people call it.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }
}
