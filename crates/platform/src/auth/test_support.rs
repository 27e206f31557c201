//! What the tests of this module share: a clock that can be moved and a ready issuer.

use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::{Clock, Entropy};

use super::{Issuer, IssuerSettings};

/// A clock that the test moves.
pub(super) struct MovableClock(Mutex<Timestamp>);

impl MovableClock {
    pub(super) fn at(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(text.parse().expect("a literal instant"))))
    }

    pub(super) fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().expect("no test panics while it holds the clock");
        *now += by;
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics while it holds the clock")
    }
}

pub(super) fn entropy(seed: u64) -> Arc<dyn Entropy> {
    Arc::new(SeededEntropy::new(seed))
}

/// The issuer of a data directory, as one process opens it.
pub(super) fn issuer(data_dir: &Path, clock: &Arc<MovableClock>, seed: u64) -> Arc<Issuer> {
    let settings = IssuerSettings::in_data_dir(data_dir, "https://rendez.test", "rendez");
    Arc::new(Issuer::open(settings, clock.clone(), entropy(seed)).expect("an issuer in an empty directory"))
}
