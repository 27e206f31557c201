//! Booking's statements as text. Public, because `make bench` runs the very same ones through pgbench.

use rendez_platform::fault::Fault;
use rendez_platform::store::Store;

/// Takes a slot until a deadline.
pub const HOLD: &str = include_str!("sql/hold.sql");
/// Makes a hold a booking.
pub const CONFIRM: &str = include_str!("sql/confirm.sql");
/// Cancels a visit or marks its outcome.
pub const SETTLE: &str = include_str!("sql/settle.sql");
/// Moves a visit.
pub const RESCHEDULE: &str = include_str!("sql/reschedule.sql");
/// Gives a hold to another patient.
pub const ASSIGN: &str = include_str!("sql/assign.sql");
/// Brings a hold's deadline near.
pub const LEAVE: &str = include_str!("sql/leave.sql");
/// Gives a hold its first deadline back.
pub const RETURN: &str = include_str!("sql/return.sql");
/// Expires holds that stand in a range.
pub const EXPIRE_IN_RANGE: &str =
    concat!(include_str!("sql/due_in_range.sql"), include_str!("sql/expire.sql"));
/// Expires a patient's holds.
pub const EXPIRE_OF_PATIENT: &str =
    concat!(include_str!("sql/due_of_patient.sql"), include_str!("sql/expire.sql"));
/// Expires the oldest holds.
pub const EXPIRE_OLDEST: &str = concat!(include_str!("sql/due_oldest.sql"), include_str!("sql/expire.sql"));

/// Opens connections and prepares the hot statements on them, so that the first callers do not pay for it.
pub async fn warm(store: &Store, connections: usize) -> Result<(), Fault> {
    let opened = (0..connections).map(|_| async {
        let conn = store.read_fresh().await?;
        for sql in [HOLD, CONFIRM, SETTLE, RESCHEDULE] {
            conn.prepare_cached(sql).await?;
        }
        Ok::<_, Fault>(conn)
    });
    // All are kept until the last is ready, or the pool would hand the same one out again.
    futures_util::future::try_join_all(opened).await.map(drop)
}
