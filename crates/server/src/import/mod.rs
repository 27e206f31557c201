//! `rendez import practitioners FILE`: registers of practitioners into the directory.
//!
//! Invariants: a file of any size is read with bounded memory; an import that is ended in any way goes on where it stopped
//! when it is started again; no line is lost without a word. The lines of files are people's data: they go into the
//! database and the operator's own report file, never into a log. It does not know SQL.

mod clerk;
mod command;
mod delimited;
mod fhir;
mod format;
mod hours;
mod lines;
mod nppes;
mod numbers;
mod our_csv;
mod reading;
mod report;
mod rpps;
mod source;
mod taken;
mod zones;

pub(crate) use command::import;
pub(crate) use format::Format;
pub(crate) use source::Unusable;
