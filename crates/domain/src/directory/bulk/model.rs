//! What a line of a register can say of a practitioner or a place.
//!
//! `None` means that the line does not speak of it and leaves it as it is; `Some(None)` says that there is none.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, Serialize};

/// What becomes of a line about somebody who is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IfUnknown {
    /// The line itself brings a new practitioner.
    #[default]
    Enter,
    /// There is nothing to do, for this reason.
    Skip(String),
    /// The line needs another one that brings the practitioner.
    Bad,
}

/// A first and a last day; none where there is no bound.
pub(super) type Horizon = (Option<Date>, Option<Date>);

/// What one line says of one practitioner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// Whether the line can bring somebody new.
    pub if_unknown: IfUnknown,
    /// Further numbers of the same practitioner: system and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(String, String)>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// A code of the region's pack.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub specialty: Option<Option<String>>,
    /// ISO 639-1 codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// In international form.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Option<String>>,
    /// For patients to write to.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub email: Option<Option<String>>,
    /// A code of the region's pack.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub sector: Option<Option<String>>,
    /// Whether somebody new may book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepts_new_patients: Option<bool>,
    /// Whether visits at a distance are offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telehealth: Option<bool>,
    /// Whether they practise at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Keys of the places where they work, the main one first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<String>>,
    /// When they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Open>>,
    /// The days between which any of their hours hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<Horizon>,
    /// When they are away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closures: Option<Vec<Closed>>,
    /// What can be booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_types: Option<Vec<VisitTypeSaid>>,
}

/// A weekly opening by the wall clock of its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Open {
    /// The key of the place; without one the main place.
    pub place: Option<String>,
    /// ISO 8601: Monday is 1.
    pub weekday: i16,
    /// When it starts.
    pub starts: Time,
    /// When it ends; at or before the start it is on the next day.
    pub ends: Time,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_until: Option<Date>,
}

/// A half-open range when the weekly openings do not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Closed {
    /// When it starts.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Why; only the practice reads it.
    pub reason: Option<String>,
}

/// When an absence starts or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// By the wall clock of the main place.
    Wall(DateTime),
    /// The same everywhere.
    Instant(Timestamp),
}

impl Moment {
    pub(super) fn wall(self) -> Option<DateTime> {
        match self {
            Self::Wall(wall) => Some(wall),
            Self::Instant(_) => None,
        }
    }

    pub(super) fn instant(self) -> Option<Timestamp> {
        match self {
            Self::Wall(_) => None,
            Self::Instant(instant) => Some(instant),
        }
    }
}

/// A visit type by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTypeSaid {
    /// What patients read.
    pub name: String,
    /// 1 to 1440; without it a new one takes as long as usual, and one that is there stays as it is.
    pub minutes: Option<i32>,
    /// At a distance. It counts only beside minutes.
    pub telehealth: bool,
}

/// What is said of a place where visits happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What the source calls it, or [`super::key_of`] its organization and address.
    pub key: String,
    /// What the source calls its organization; without a key the place is an organization of its own.
    pub organization: Option<String>,
    /// The organization's name.
    pub organization_name: String,
    /// The place's name.
    pub name: String,
    /// Street and number.
    pub line: String,
    /// In the country's form.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Degrees north and east.
    pub position: Option<(f64, f64)>,
    /// IANA zone.
    pub time_zone: String,
}

impl Place {
    /// The place of somebody whose source names none: it has a zone and nothing else.
    pub(super) fn nameless(person: &str, whose: String, country: String, time_zone: String) -> Self {
        Self {
            key: format!("of:{person}"),
            organization: None,
            organization_name: whose.chars().take(200).collect(),
            name: String::from("—"),
            line: String::new(),
            postal_code: String::new(),
            city: String::new(),
            country,
            position: None,
            time_zone,
        }
    }
}

/// A field that is there says something, be it `null`.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_none_stay_apart_on_the_way_through_the_database() {
        let said = Said { phone: Some(None), email: Some(Some("a@b.example".into())), ..Said::default() };
        let text = serde_json::to_string(&said).expect("written");
        let back: Said = serde_json::from_str(&text).expect("read");
        assert_eq!(back, said);
        assert_eq!((back.phone, back.sector), (Some(None), None));
    }
}
