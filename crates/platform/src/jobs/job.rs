//! What a job is to those who promise it and to those who do it.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;

use crate::fault::Fault;

/// A job to be promised.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Who handles it, such as `mail.confirmation`.
    pub kind: &'static str,
    /// What the handler needs: ids rather than people's data.
    pub payload: Value,
    /// Not before this instant of the database's clock; at once when not set.
    pub run_at: Option<Timestamp>,
    /// At most one unfinished job of the kind has this key; a second one is not added.
    pub unique_key: Option<String>,
}

impl NewJob {
    /// A job that runs at once.
    pub const fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, run_at: None, unique_key: None }
    }
}

/// A job that is ours until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number; the same in each attempt.
    pub id: i64,
    /// Who handles it.
    pub kind: String,
    /// What was promised.
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: i16,
    /// The number of this lease.
    pub(super) fence: i64,
}

/// Why an attempt did not do the job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later: again after a pause that doubles each time, until the attempts are used up.
    #[error("the attempt failed")]
    Again(#[from] Fault),
    /// It will never work; the sentence says why and names nobody.
    #[error("{0}")]
    Never(String),
}

/// Does the jobs of one kind.
pub trait JobHandler: Send + Sync + 'static {
    /// Does the job. It may have been done before, wholly or half: doing it again must change nothing.
    /// A run is cut off when its lease ends or the process has to stop at once.
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>>;
}
