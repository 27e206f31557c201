//! Names, specialties and places by text, as people type them: cut short, without accents, with slips.
//!
//! [`Names`] says who of very many may be meant, [`Terms`] completes a small vocabulary key by key. Both fold what is
//! typed as [`fold`] and [`key`] do; a walk over a tree of letters finds what is nearly right. Invariant:
//! everybody is found who would be by comparing every word of everybody, with the same number of slips. It knows
//! nothing of places on the map, filters or time.

mod asked;
mod fold;
mod matching;
mod names;
mod people;
mod table;
mod terms;
mod trie;

pub use fold::{fold, key};
pub use names::{Names, NamesBuilder};
pub use people::{Matches, People};
pub use terms::{Completion, Terms, TermsBuilder};
