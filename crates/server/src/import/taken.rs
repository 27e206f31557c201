//! What one line of a file turns out to be.

use rendez_domain::directory::bulk::{Place, Said};

/// A line that was understood.
#[derive(Debug)]
pub(super) enum Taken {
    /// It speaks of a practitioner.
    Practitioner(Box<AboutPractitioner>),
    /// It speaks of a place.
    Place(Box<Place>),
    /// Nothing of it is wanted, for this reason.
    Skipped(String),
}

/// A line about a practitioner.
#[derive(Debug, Default)]
pub(super) struct AboutPractitioner {
    /// What the source calls them; empty when the line named by `via` tells.
    pub(super) person: String,
    pub(super) said: Said,
    /// The place that the line describes beside.
    pub(super) place: Option<Place>,
    /// What other lines call this one.
    pub(super) own: Option<String>,
    /// The line that tells whose this is.
    pub(super) via: Option<String>,
}

/// Why a line cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) field: String,
    pub(super) reason: String,
}

impl Bad {
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

impl Taken {
    pub(super) fn practitioner(about: AboutPractitioner) -> Self {
        Self::Practitioner(Box::new(about))
    }
}
