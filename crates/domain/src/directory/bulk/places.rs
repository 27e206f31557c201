//! Places of a run into locations, each once, with their organizations.

use std::collections::{HashMap, HashSet};

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::{LocationId, OrganizationId};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::copy::{copy, row};
use super::digest::digest;
use super::enter::record;
use super::model::Place;
use super::run::Maker;
use super::tally::{Outcome, Tally};
use super::write;

/// A place as it stands in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) location: Uuid,
    pub(super) organization: Uuid,
}

/// Enters the places after a key; the last key of them, or nothing if there are no more.
pub(super) async fn enter_next(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    run: i64,
    after: &str,
    limit: i64,
    tally: &mut Tally,
) -> Result<Option<String>, Fault> {
    let rows = tx
        .query(
            "SELECT said, is_line FROM import_place WHERE run_id = $1 AND key > $2 ORDER BY key LIMIT $3",
            &[&run, &after, &limit],
        )
        .await?;
    let places: Vec<Place> = rows.iter().map(|row| row.get::<_, Json<Place>>(0).0).collect();
    let outcomes = enter(tx, maker, &places).await?;
    for (row, outcome) in rows.iter().zip(&outcomes) {
        if row.get(1) {
            tally.lines(*outcome, 1);
        }
    }
    Ok(places.last().map(|place| place.key.clone()))
}

/// Passes over the first place after a key, because the database refuses it; the key of it.
pub(super) async fn refuse_next(
    tx: &Transaction<'_>,
    run: i64,
    after: &str,
    reason: &str,
    tally: &mut Tally,
) -> Result<Option<String>, Fault> {
    let row = tx
        .query_opt(
            "SELECT key, is_line, file_no, line FROM import_place WHERE run_id = $1 AND key > $2 ORDER BY key LIMIT 1",
            &[&run, &after],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let key: String = row.get(0);
    if row.get(1) {
        let finding = (row.get(2), row.get(3), "location", reason.to_owned(), key.clone());
        record(tx, run, vec![finding], tally).await?;
    }
    Ok(Some(key))
}

/// Enters places whose keys are all different.
pub(super) async fn enter(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    places: &[Place],
) -> Result<Vec<Outcome>, Fault> {
    let known = said_before(tx, maker.system, places).await?;
    let organizations = organizations(tx, maker, places, &known).await?;
    let mut outcomes = Vec::with_capacity(places.len());
    let mut rows = Vec::new();
    for place in places {
        let said = digest(place);
        let before = known.get(place.key.as_str());
        let outcome = match before {
            None => Outcome::Created,
            Some((_, earlier)) if *earlier == said => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        };
        outcomes.push(outcome);
        if outcome == Outcome::Unchanged {
            continue;
        }
        let id = before
            .map_or_else(|| LocationId::new(maker.clock.now(), maker.entropy).uuid(), |(known, _)| *known);
        rows.push(row![
            id,
            outcome == Outcome::Created,
            maker.system,
            &place.key,
            said,
            organizations.get(organization_key(place).as_str()).copied(),
            &place.name,
            &place.line,
            &place.postal_code,
            &place.city,
            &place.country,
            place.position.map(|(latitude, _)| latitude),
            place.position.map(|(_, longitude)| longitude),
            &place.time_zone,
            organization_key(place),
            &place.organization_name,
        ]);
    }
    if rows.is_empty() {
        return Ok(outcomes);
    }
    let columns = "id, fresh, system, key, said, organization_id, name, line, postal_code, city, country, latitude, longitude,
        time_zone, organization_key, organization_name";
    copy(tx, "entering_location", columns, rows).await?;
    for statement in write::ENTER_PLACES {
        tx.execute(&tx.prepare_cached(statement).await?, &[]).await?;
    }
    // A transaction may enter places twice.
    tx.batch_execute("DELETE FROM entering_organization; DELETE FROM entering_location").await?;
    Ok(outcomes)
}

/// The places with these keys that the source has brought.
pub(super) async fn by_key(
    tx: &Transaction<'_>,
    system: &str,
    keys: &[String],
) -> Result<HashMap<String, Known>, Fault> {
    let statement = tx
        .prepare_cached(
            "SELECT i.value, i.location_id, l.organization_id FROM location_identifier i JOIN location l ON l.id = i.location_id
             WHERE i.system = $1 AND i.value = ANY ($2)",
        )
        .await?;
    let rows = tx.query(&statement, &[&system, &keys]).await?;
    Ok(rows
        .iter()
        .map(|row| (row.get(0), Known { location: row.get(1), organization: row.get(2) }))
        .collect())
}

async fn said_before(
    tx: &Transaction<'_>,
    system: &str,
    places: &[Place],
) -> Result<HashMap<String, (Uuid, i64)>, Fault> {
    let keys: Vec<&str> = places.iter().map(|place| place.key.as_str()).collect();
    let statement = tx
        .prepare_cached(
            "SELECT value, location_id, said FROM location_identifier WHERE system = $1 AND value = ANY ($2)",
        )
        .await?;
    let rows = tx.query(&statement, &[&system, &keys]).await?;
    Ok(rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect())
}

/// The organizations of new places; those that are not known are put into their table of the batch.
async fn organizations(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    places: &[Place],
    known: &HashMap<String, (Uuid, i64)>,
) -> Result<HashMap<String, Uuid>, Fault> {
    let fresh: Vec<&Place> = places.iter().filter(|place| !known.contains_key(place.key.as_str())).collect();
    let keys: Vec<String> = fresh.iter().map(|place| organization_key(place)).collect();
    let statement = tx
        .prepare_cached(
            "SELECT value, organization_id FROM organization_identifier WHERE system = $1 AND value = ANY ($2)",
        )
        .await?;
    let rows = tx.query(&statement, &[&maker.system, &keys]).await?;
    let mut found: HashMap<String, Uuid> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut seen: HashSet<String> = found.keys().cloned().collect();
    let region = maker.pack.region();
    let mut made = Vec::new();
    for place in fresh {
        let key = organization_key(place);
        if seen.insert(key.clone()) {
            let id = OrganizationId::new(maker.clock.now(), maker.entropy).uuid();
            found.insert(key.clone(), id);
            made.push(row![id, region.as_str(), maker.system, key, &place.organization_name, &place.key]);
        }
    }
    copy(tx, "entering_organization", "id, region, system, key, name, named_by", made).await?;
    Ok(found)
}

fn organization_key(place: &Place) -> String {
    place.organization.clone().unwrap_or_else(|| format!("at:{}", place.key))
}
