//! `Location`: a place.

use rendez_domain::directory::bulk::Place;
use serde::Deserialize;

use super::types::{self, Reference};
use crate::import::clerk::{self, Clerk};
use crate::import::taken::{Bad, Taken};

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Location {
    id: String,
    mode: Option<String>,
    name: Option<String>,
    address: Address,
    position: Option<Position>,
    managing_organization: Option<Reference>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    line: Vec<Option<String>>,
    postal_code: String,
    city: String,
    country: Option<String>,
}

#[derive(Deserialize)]
struct Position {
    latitude: f64,
    longitude: f64,
}

pub(super) fn take(resource: Location, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let id = types::checked_id(&resource.id)?;
    if resource.mode.as_deref() == Some("kind") {
        return Ok(Taken::Skipped("a location that stands for a kind of locations".into()));
    }
    let Address { line, postal_code, city, country } = resource.address;
    let country = match country {
        Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            code.to_ascii_uppercase()
        }
        // FHIR lets people write its name.
        _ => clerk.country(),
    };
    let said = match resource.position {
        Some(Position { latitude, longitude }) => Some(clerk::position(latitude, longitude)?),
        None => None,
    };
    let town = clerk.town("", &postal_code, &city);
    let line = line.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let name = clerk::place_name([resource.name.as_deref().unwrap_or_default(), &line, &city]);
    let whose = resource.managing_organization.unwrap_or_default();
    Ok(Taken::Place(Box::new(Place {
        key: format!("Location/{id}"),
        organization: whose.target("Organization"),
        organization_name: clerk::place_name([whose.display.as_deref().unwrap_or_default(), &name]),
        name,
        line,
        position: clerk.or_no_position(said.or(town.position)),
        time_zone: town.time_zone,
        postal_code,
        city,
        country,
    })))
}
