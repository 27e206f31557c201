//! Readings by the text of a statement, which each connection prepares once.
//!
//! Invariant: the text is one of a few that the program knows; what differs from call to call are its parameters, else
//! the connections would keep one statement for each.

use std::future::Future;

use deadpool_postgres::GenericClient;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

/// What a client of PostgreSQL reads with one round trip, once it has prepared the statement.
pub trait Prepared: GenericClient {
    /// Every row.
    fn rows(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> impl Future<Output = Result<Vec<Row>, Error>> + Send {
        async move { self.query(&self.prepare_cached(sql).await?, parameters).await }
    }

    /// The only row, if there is one.
    fn maybe_row(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> impl Future<Output = Result<Option<Row>, Error>> + Send {
        async move { self.query_opt(&self.prepare_cached(sql).await?, parameters).await }
    }

    /// The only row, which there always is.
    fn row(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> impl Future<Output = Result<Row, Error>> + Send {
        async move { self.query_one(&self.prepare_cached(sql).await?, parameters).await }
    }
}

impl<C: GenericClient> Prepared for C {}
