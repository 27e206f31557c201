//! What a patient's data are, as a whole: giving all of it out, and letting it go.
//!
//! Invariants: what is given out is one reading of one instant; what goes, goes in one transaction with the account, its
//! sessions and the visits that are still to come; what a practice has to keep of visits that took place stays for as
//! long as the region's pack says and is emptied then, by a job that the same transaction writes. The audit stays: it
//! names ids and no people. A module that keeps something of a patient's adds it to [`export`] and to [`leave`]. Owns no
//! table.

mod export;
mod leave;

pub use export::export;
pub use leave::{FORGET_JOB, delete_account, forget_patient};
