//! The index beside the database: seen at once where it was done, soon elsewhere, and right again after everything that goes
//! wrong.

mod checks;
mod files;
mod freshness;
mod histories;
mod loading;
mod nodes;
mod outage;
mod seen;
mod troubles;
