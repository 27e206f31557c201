//! Whether the process can serve: every named part is ready, or says why not.
//!
//! Invariant: a part that was never told ready, or whose owner has gone, is not ready.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The parts of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Readiness {
    /// Why each part is not ready; `None` when it is.
    parts: Arc<Mutex<BTreeMap<&'static str, Option<String>>>>,
}

/// The one who speaks for a part. When it is dropped, the part has stopped.
pub struct Part {
    name: &'static str,
    readiness: Readiness,
}

/// How one part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// Its name, such as `database`.
    pub name: &'static str,
    /// Why it is not ready, in words for an operator; `None` when it is ready.
    pub waiting_for: Option<String>,
}

impl Readiness {
    /// No part yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part, not ready yet. A second one of the same name takes the place of the first.
    pub fn part(&self, name: &'static str) -> Part {
        self.parts().insert(name, Some("starting".to_owned()));
        Part { name, readiness: self.clone() }
    }

    /// Whether every part is ready.
    pub fn is_ready(&self) -> bool {
        self.parts().values().all(Option::is_none)
    }

    /// How each part is, by name.
    pub fn report(&self) -> Vec<PartState> {
        self.parts()
            .iter()
            .map(|(name, waiting_for)| PartState { name, waiting_for: waiting_for.clone() })
            .collect()
    }

    fn parts(&self) -> MutexGuard<'_, BTreeMap<&'static str, Option<String>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part {
    /// The part can serve.
    pub fn ready(&self) {
        self.readiness.parts().insert(self.name, None);
    }

    /// The part cannot serve; `reason` is for an operator and holds nothing personal.
    pub fn not_ready(&self, reason: impl Into<String>) {
        self.readiness.parts().insert(self.name, Some(reason.into()));
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.not_ready("stopped");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_ready_when_every_part_is() {
        let readiness = Readiness::new();
        let database = readiness.part("database");
        let jobs = readiness.part("jobs");
        assert!(!readiness.is_ready());
        database.ready();
        jobs.not_ready("migrations are running");
        assert_eq!(
            readiness.report(),
            [
                PartState { name: "database", waiting_for: None },
                PartState { name: "jobs", waiting_for: Some("migrations are running".to_owned()) },
            ]
        );
        jobs.ready();
        assert!(readiness.is_ready());
        drop(jobs);
        assert!(!readiness.is_ready(), "whoever spoke for it has gone");
    }
}
