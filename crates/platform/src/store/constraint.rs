//! From what PostgreSQL says to what it means.

use tokio_postgres::error::SqlState;

/// The SQLSTATE that our own statements raise to refuse; the message is the refusal's code.
pub const REFUSED: &str = "RZ001";

/// The code that a statement refused with (`rendez_refuse('…')`), if that is why it failed.
pub fn refusal_code(error: &tokio_postgres::Error) -> Option<&str> {
    error
        .as_db_error()
        .filter(|database| database.code().code() == REFUSED)
        .map(|database| database.message())
}

/// The name of the constraint that a statement violated, if that is why it failed.
pub fn violated(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error().and_then(|database| database.constraint())
}

/// Whether a state goes by itself: the server restarts, a deadlock chose us, resources are short.
pub fn is_passing_state(state: &SqlState) -> bool {
    *state == SqlState::T_R_DEADLOCK_DETECTED
        || *state == SqlState::T_R_SERIALIZATION_FAILURE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
        || *state == SqlState::QUERY_CANCELED
        || ["08", "53", "57"].iter().any(|class| state.code().starts_with(class))
}

/// Whether a state is about the values of a row: out of range, of the wrong form, or against a constraint.
pub fn is_about_data(state: &SqlState) -> bool {
    ["22", "23"].iter().any(|class| state.code().starts_with(class))
}
