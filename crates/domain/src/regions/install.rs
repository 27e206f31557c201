//! Opens a region in a database.

use rendez_platform::fault::Fault;
use rendez_platform::store::Store;

use super::Pack;

/// Enters the pack's region, once. Its number never changes: calendar ids carry it.
pub async fn install(store: &Store, pack: &Pack) -> Result<(), Fault> {
    let conn = store.read_fresh().await?;
    conn.execute(
        "INSERT INTO region (code, number) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING",
        &[&pack.region().as_str(), &pack.number()],
    )
    .await?;
    Ok(())
}
