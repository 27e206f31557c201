//! "Our side broke": the one type for what the caller can do nothing about.
//!
//! A fault carries its source chain to the log and nothing but an incident number to the caller. What the caller
//! *can* act on is a refusal: a variant of the error type of the module that refuses.

use std::error::Error;
use std::fmt;

/// Something on our side broke.
pub struct Fault {
    doing: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
    /// Nobody can serve this now, but trying again soon may work: 503 rather than 500.
    passing: bool,
    /// Some value is at fault, so that the same statement with others may work.
    about_data: bool,
}

impl Fault {
    /// A fault with its cause. `doing` is a short phrase for the log, such as "reading the schedule".
    pub fn new(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing, source: Some(source.into()), passing: false, about_data: false }
    }

    /// A fault without a cause below it.
    pub const fn plain(doing: &'static str) -> Self {
        Self { doing, source: None, passing: false, about_data: false }
    }

    /// A fault that may be gone when the caller tries again: the database is restarting, every connection is taken.
    pub fn passing(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing, source: Some(source.into()), passing: true, about_data: false }
    }

    /// Whether trying again soon may work.
    pub const fn is_passing(&self) -> bool {
        self.passing
    }

    /// Whether a value broke a rule of the database: the same with other values may work.
    pub const fn is_about_data(&self) -> bool {
        self.about_data
    }

    /// Says what was being done when it broke.
    #[must_use]
    pub const fn while_doing(mut self, doing: &'static str) -> Self {
        self.doing = doing;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.doing)
    }
}

/// The whole chain on one line: for the log, never for the caller.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.doing)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as &(dyn Error + 'static))
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        let passing = error.is_closed() || error.code().is_none_or(crate::store::is_passing_state);
        let about_data = error.code().is_some_and(crate::store::is_about_data);
        Self { doing: "talking to PostgreSQL", passing, about_data, source: Some(describe(error)) }
    }
}

impl From<deadpool_postgres::PoolError> for Fault {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::passing("taking a connection from the pool", error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::new("reading or writing a file", error)
    }
}

/// PostgreSQL's DETAIL line can hold the values of a row, which are people's: only code, message and names go on.
fn describe(error: tokio_postgres::Error) -> Box<dyn Error + Send + Sync> {
    match error.as_db_error() {
        Some(database) => format!(
            "{} {}{}",
            database.code().code(),
            database.message(),
            database.constraint().map(|name| format!(" (constraint {name})")).unwrap_or_default()
        )
        .into(),
        None => Box::new(error),
    }
}
