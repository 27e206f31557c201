//! Whoever in this process must know of a write before its caller does.
//!
//! Commands tell it after they have committed and before they answer, so that the next question to this process sees
//! what was done. It is a favour to the process itself: others learn of the write from the change log, and so does this
//! one when the telling was lost. Nothing here may fail a command, and nothing may delay it for long.

use futures_util::future::BoxFuture;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;

/// What is told. The usual one does nothing.
pub trait Committed: Send + Sync {
    /// A range of a practitioner's time was taken.
    fn taken(&self, _practitioner: PractitionerId, _range: TimeRange) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Ranges of practitioners' time may be free again.
    fn released<'a>(&'a self, _freed: &'a [(PractitionerId, TimeRange)]) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// What a practitioner is or offers has changed.
    fn changed(&self, _practitioner: PractitionerId) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Nobody must know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Committed for Nobody {}
