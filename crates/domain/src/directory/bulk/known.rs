//! Which practitioners a batch speaks of, and what its source last said of them.

use std::collections::{HashMap, HashSet};

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use uuid::Uuid;

use super::combine::{Digests, FIELDS};

/// A practitioner who is in the directory.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    pub(super) practitioner: Uuid,
    pub(super) digests: Digests,
    /// Visit types that the source has made.
    pub(super) visit_types: Vec<String>,
}

/// The practitioners whom the source calls so.
pub(super) async fn by_main(
    tx: &Transaction<'_>,
    system: &str,
    people: &[&str],
) -> Result<HashMap<String, Before>, Fault> {
    let statement = tx
        .prepare_cached(
            "SELECT value, practitioner_id, said_profile, said_places, said_hours, said_closures, said_visit_types, visit_type_names
             FROM practitioner_identifier WHERE system = $1 AND value = ANY ($2)",
        )
        .await?;
    let rows = tx.query(&statement, &[&system, &people]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let digests = Digests {
                profile: fields(row.get(2)),
                places: row.get(3),
                hours: row.get(4),
                closures: row.get(5),
                visit_types: row.get(6),
            };
            (row.get(0), Before { practitioner: row.get(1), digests, visit_types: row.get(7) })
        })
        .collect())
}

/// The practitioners who bear these further numbers.
pub(super) async fn by_also(
    tx: &Transaction<'_>,
    numbers: &[&(String, String)],
) -> Result<HashMap<(String, String), Uuid>, Fault> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let systems: Vec<&str> = numbers.iter().map(|(system, _)| system.as_str()).collect();
    let values: Vec<&str> = numbers.iter().map(|(_, value)| value.as_str()).collect();
    let statement = tx
        .prepare_cached(
            "SELECT i.system, i.value, i.practitioner_id FROM unnest($1::text[], $2::text[]) AS asked (system, value)
             JOIN practitioner_identifier i ON i.system = asked.system AND i.value = asked.value",
        )
        .await?;
    let rows = tx.query(&statement, &[&systems, &values]).await?;
    Ok(rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect())
}

/// Those of the practitioners to whom the source has given a number of its own.
pub(super) async fn taken(
    tx: &Transaction<'_>,
    system: &str,
    practitioners: &[Uuid],
) -> Result<HashSet<Uuid>, Fault> {
    if practitioners.is_empty() {
        return Ok(HashSet::new());
    }
    let statement = tx
        .prepare_cached(
            "SELECT practitioner_id FROM practitioner_identifier WHERE practitioner_id = ANY ($2) AND system = $1",
        )
        .await?;
    let rows = tx.query(&statement, &[&system, &practitioners]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// A row of before a field was added has fewer.
fn fields(said: Option<Vec<Option<i64>>>) -> [Option<i64>; FIELDS] {
    let mut fields = [None; FIELDS];
    for (field, said) in fields.iter_mut().zip(said.into_iter().flatten()) {
        *field = said;
    }
    fields
}
