//! Tokens of the server's own issuer, made here from the keys in its data directory: a process for each would take
//! longer than the figure.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::SignedDuration;
use rendez_platform::auth::{Issuer, IssuerSettings};
use rendez_platform::config::Settings;
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::ids::PatientId;

/// Makes tokens.
pub(crate) struct Tokens(Issuer);

impl Tokens {
    /// Reads the keys of a server that has started.
    pub(crate) fn open(data_dir: &Path) -> Result<Self> {
        let auth = Settings::load(None, std::env::vars())?.auth;
        let settings = IssuerSettings::in_data_dir(data_dir, &auth.issuer, &auth.audience);
        Ok(Self(Issuer::open(settings, Arc::new(SystemClock), Arc::new(SeededEntropy::new(1)))?))
    }

    /// A patient's.
    pub(crate) fn patient(&self, id: PatientId) -> Result<String> {
        Ok(self.0.issue(&Actor::Patient(id), SignedDuration::from_hours(12))?)
    }

    /// An administrator's.
    pub(crate) fn admin(&self) -> Result<String> {
        Ok(self.0.issue(&Actor::Admin("figures".into()), SignedDuration::from_hours(12))?)
    }
}
