//! Jobs: work that is promised in a transaction and done after it, and sweeps that look at the state now and then.
//!
//! Invariants: a job exists exactly if its transaction committed; it is leased to one worker at a time, and a worker
//! that comes back too late cannot finish it (the fence); it may run twice, so handlers are safe to run twice; a stop
//! returns leases. It does not know what a job does: handlers are registered by kind.

mod job;
mod overview;
mod queue;
mod runner;
mod sweep;

pub use job::{Job, JobError, JobHandler, NewJob};
pub use overview::{KindOverview, go_on, overview, pause, retry};
pub use queue::{enqueue, purge_finished};
pub use runner::{JobWaker, Runner};
pub use sweep::Sweep;
