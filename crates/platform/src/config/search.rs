//! The section `search`: the index of this process, and the processes that search for each other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Deserializer};

use super::ConfigError;
use super::sections::{at_least, invalid, secret};

/// A shorter secret can be guessed.
const SHORTEST_TOKEN: usize = 16;

/// Searching. Not printable: there is a secret in it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// When the whole index is compared with the database, by the region's clock.
    pub check_at: String,
    /// How often the index is written to its own file.
    pub snapshot_minutes: u32,
    /// Where other processes may search.
    pub internal_listen: Option<SocketAddr>,
    /// What they must know.
    pub internal_token: Option<String>,
    /// A file with it.
    pub internal_token_file: Option<PathBuf>,
    /// The processes with an index, for those without.
    #[serde(deserialize_with = "several")]
    pub nodes: Vec<String>,
    /// How long the answer of a node may take.
    pub node_timeout_ms: u64,
    /// After how long a second node is asked as well.
    pub hedge_after_ms: u64,
    /// Failures in a row after which a node is left alone.
    pub breaker_failures: u32,
    /// How long it is.
    pub breaker_pause_ms: u64,
}

impl Search {
    /// When the whole index is compared with the database.
    pub fn check_at(&self) -> Result<Time, ConfigError> {
        match self.check_at.parse::<Time>() {
            Ok(time) if self.check_at.len() == 5 => Ok(time),
            _ => invalid("search.check_at", "must be a time of day such as \"03:30\""),
        }
    }

    /// How often the index is written to its own file.
    pub const fn snapshot_every(&self) -> Duration {
        Duration::from_secs(60 * self.snapshot_minutes as u64)
    }

    pub(super) fn read_token_file(&mut self) -> Result<(), ConfigError> {
        let file = self.internal_token_file.as_deref();
        secret("search.internal_token_file", file, &mut self.internal_token)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.check_at()?;
        at_least("search.snapshot_minutes", self.snapshot_minutes.into(), 1)?;
        at_least("search.node_timeout_ms", self.node_timeout_ms, 1)?;
        at_least("search.breaker_failures", self.breaker_failures.into(), 1)?;
        at_least("search.breaker_pause_ms", self.breaker_pause_ms, 1)?;
        if self.nodes.iter().any(|node| !node.starts_with("http://")) {
            return invalid("search.nodes", "must begin with http:// each");
        }
        let alone = self.internal_listen.is_none() && self.nodes.is_empty();
        let secret = self.internal_token.as_deref().unwrap_or_default();
        match alone || secret.len() >= SHORTEST_TOKEN {
            true => Ok(()),
            false => invalid(
                "search.internal_token",
                format!(
                    "must have {SHORTEST_TOKEN} characters or more where processes search for each other"
                ),
            ),
        }
    }
}

/// A list, or one text with commas between: the environment knows no lists.
fn several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::List(list) => list,
        Either::Text(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        }
    })
}
