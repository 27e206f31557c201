//! By what a process answers searches: its own index, another process's, or neither.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::feed::SearchIndex;
use super::model::{SearchRequest, SearchResults};

/// The ways to an answer that a process has, in the order in which they are tried; the last is always the database.
#[derive(Clone, Default)]
pub struct Searching {
    /// The index of this process, if it has the role.
    pub index: Option<Arc<SearchIndex>>,
    /// Processes that have one.
    pub remote: Option<Arc<dyn RemoteSearch>>,
    /// How much is done at once of what costs much.
    pub gates: Gates,
}

/// What lets only a few in at once, so that the rest of the process goes on.
#[derive(Debug, Clone)]
pub struct Gates {
    /// Searches in the database: bookings need its connections more.
    pub database: Arc<Semaphore>,
    /// Searches that look at the whole index.
    pub whole_index: Arc<Semaphore>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { database: Arc::new(Semaphore::new(4)), whole_index: Arc::new(Semaphore::new(2)) }
    }
}

/// Asks a process that has the index. Whoever implements it bounds the time; it never waits for a node that is known to
/// be away.
pub trait RemoteSearch: Send + Sync {
    /// The answer of some node, or `None` when none gave one in time.
    fn search<'a>(&'a self, request: &'a SearchRequest) -> BoxFuture<'a, Option<SearchResults>>;
}
