//! What searches read.

use std::sync::Arc;

use rendez_vocab::ids::PractitionerId;

use crate::core::Core;
use crate::moment::{Moment, Span};
use crate::query::{Answer, Hit, Query};
use crate::search::Scratch;
use crate::text::Matches;

/// A view of the index for searches; cheap to make.
pub struct Reader {
    core: Arc<Core>,
}

impl Reader {
    /// Of an arrangement.
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The arrangement itself.
    #[cfg(test)]
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Who is meant by a name as it was typed.
    pub fn people(&self, typed: &str) -> Matches {
        self.core.names.find(typed)
    }

    /// Searches.
    pub fn search(&self, query: &Query<'_>, scratch: &mut Scratch) -> Answer {
        self.core.search(query, scratch)
    }

    /// The starts in a span of what a hit offers, in order, at most so many; of the query only days and hours are looked at.
    /// The hit is of an answer of this reader.
    pub fn starts(&self, hit: &Hit, query: &Query<'_>, span: Span, most: usize) -> Vec<Moment> {
        self.core.starts(hit, query, span, most)
    }

    /// What was given with a person's profile.
    pub fn card(&self, person: u32) -> &[u8] {
        self.core.people.words(person).card
    }

    /// Who a person is.
    pub fn practitioner(&self, person: u32) -> PractitionerId {
        self.core.people.practitioner(person)
    }

    /// The present of the index.
    pub fn now(&self) -> Moment {
        self.core.now()
    }
}
