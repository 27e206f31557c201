//! What the makers of invented data share: chance by seed, people and practices, and rows written by COPY.

pub(crate) mod copy;
pub(crate) mod dice;
pub(crate) mod people;
pub(crate) mod towns;

use rendez_platform::fault::Fault;
use rendez_platform::store::GenericClient;

/// Whether nobody has entered anybody yet.
pub(crate) async fn empty(client: &impl GenericClient) -> Result<bool, Fault> {
    let sql = "SELECT NOT EXISTS (SELECT FROM practitioner) AND NOT EXISTS (SELECT FROM patient)
        AND NOT EXISTS (SELECT FROM account)";
    Ok(client.query_one(sql, &[]).await?.get(0))
}
