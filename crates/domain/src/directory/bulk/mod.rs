//! Bringing whole registers in: hundreds of thousands of practitioners from files, again and again.
//!
//! Invariants: each batch is one transaction that also moves the run on, so an import that is killed goes on where it
//! stopped, and loses and doubles nothing; every line that was read is created, updated, unchanged, skipped or bad
//! (constraint `import_adds_up`); what a source says again unchanged is not written again, so the practice's own changes
//! stay; whoever changes is announced to followers and has its `schedule_version` raised.
//! Owns the tables `practitioner_identifier`, `organization_identifier`, `location_identifier` and `import_…`.
//! It does not know files, formats or progress bars.

mod combine;
mod copy;
mod digest;
mod enter;
mod known;
mod model;
mod places;
mod rows;
mod run;
mod stage;
mod tally;
mod write;

pub use digest::key_of;
pub use model::{Closed, IfUnknown, Moment, Open, Place, Said, VisitTypeSaid};
pub use run::{Import, Phase, Position, Source};
pub use stage::{Batch, Finding, StagedLine, StagedPlace};
pub use tally::Tally;
