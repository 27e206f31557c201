//! By what a process answers searches: its own index, another process's, or neither.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::feed::SearchIndex;
use super::model::{SearchRequest, SearchResults};

/// The ways to an answer that a process has, in the order in which they are tried; the last is always the database.
#[derive(Clone, Default)]
pub struct Searching {
    /// The index of this process, if it has the role.
    pub index: Option<Arc<SearchIndex>>,
    /// Processes that have one.
    pub remote: Option<Arc<dyn RemoteSearch>>,
}

/// Asks a process that has the index. Whoever implements it bounds the time; it never waits for a node that is known to
/// be away.
pub trait RemoteSearch: Send + Sync {
    /// The answer of some node, or `None` when none gave one in time.
    fn search<'a>(&'a self, request: &'a SearchRequest) -> BoxFuture<'a, Option<SearchResults>>;
}
