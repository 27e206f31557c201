//! Rendez's own columns. docs/import.md names them; only `source_id` and the names are needed.

use rendez_domain::directory::bulk::{Open, Place, Said, VisitTypeSaid, key_of};

use super::clerk::{self, Clerk};
use super::delimited::{Dialect, Header, Row};
use super::hours;
use super::taken::{AboutPractitioner, Bad, Taken};

const COLUMNS: [&str; 22] = [
    "source_id",
    "given_name",
    "family_name",
    "specialty",
    "languages",
    "phone",
    "email",
    "accepts_new_patients",
    "telehealth",
    "active",
    "sector",
    "location_name",
    "line",
    "postal_code",
    "city",
    "country",
    "latitude",
    "longitude",
    "time_zone",
    "visit_types",
    "opening_hours",
    "insee_code",
];
const NEEDED: [&str; 3] = ["source_id", "given_name", "family_name"];
const OF_THE_PLACE: [&str; 8] =
    ["location_name", "line", "postal_code", "city", "latitude", "longitude", "time_zone", "insee_code"];

/// Semicolons if the first line has more of them than commas.
pub(super) fn dialect(first: &str) -> Dialect {
    let semicolons = first.matches(';').count() > first.matches(',').count();
    Dialect { delimiter: if semicolons { b';' } else { b',' }, quotes: true }
}

/// Checks the columns; says which of them nobody reads.
pub(super) fn check(header: &Header) -> Result<Vec<String>, String> {
    match NEEDED.iter().find(|column| !header.has(column)) {
        Some(missing) => Err(format!("it has no column `{missing}`")),
        None => Ok(header.names().filter(|name| !COLUMNS.contains(name)).map(str::to_owned).collect()),
    }
}

pub(super) fn take(row: &Row<'_>, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let person = row.get("source_id").to_owned();
    if person.is_empty() {
        return Err(Bad::new("source_id", "it is missing"));
    }
    if person.len() > 200 {
        return Err(Bad::new("source_id", "it has more than 200 characters"));
    }
    let place = place(row, clerk)?;
    let key = place.as_ref().map(|place| place.key.clone());
    let opened = hours::parse(row.get("opening_hours")).map_err(|wrong| Bad::new("opening_hours", wrong))?;
    let open = |(weekday, starts, ends)| Open {
        place: key.clone(),
        weekday,
        starts,
        ends,
        valid_from: None,
        valid_until: None,
    };
    let hours: Vec<Open> = opened.into_iter().map(open).collect();
    let visit_types = visit_types(row)?;
    // Who offers a visit at a distance offers visits at a distance, unless the list has a word of its own for that.
    let at_a_distance = visit_types.iter().flatten().any(|one| one.telehealth).then_some(true);
    let languages = row.get("languages").split('|').filter_map(|code| clerk.language(code)).collect();
    let said = Said {
        given_name: Some(clerk::person_name("given_name", row.get("given_name"))?),
        family_name: Some(clerk::person_name("family_name", row.get("family_name"))?),
        specialty: row.has("specialty").then(|| match row.some("specialty") {
            Some(text) => clerk.coded(&[], &[text]),
            None => None,
        }),
        languages: row.has("languages").then_some(languages),
        phone: row.has("phone").then(|| clerk.phone(row.get("phone"))),
        email: row.has("email").then(|| clerk.email(row.get("email"))),
        sector: row.has("sector").then(|| clerk.sector(row.get("sector"))),
        accepts_new_patients: yes_or_no(row, "accepts_new_patients")?,
        telehealth: yes_or_no(row, "telehealth")?.or(at_a_distance),
        active: yes_or_no(row, "active")?,
        places: key.clone().map(|key| vec![key]),
        hours: row.has("opening_hours").then_some(hours),
        visit_types,
        ..Said::default()
    };
    Ok(Taken::practitioner(AboutPractitioner { person, said, place, ..AboutPractitioner::default() }))
}

fn place(row: &Row<'_>, clerk: &mut Clerk) -> Result<Option<Place>, Bad> {
    if OF_THE_PLACE.iter().all(|column| row.get(column).is_empty()) {
        return Ok(None);
    }
    let (line, postal_code, city) = (row.get("line"), row.get("postal_code"), row.get("city"));
    let country = match row.some("country") {
        None => clerk.country(),
        Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            code.to_ascii_uppercase()
        }
        Some(_) => return Err(Bad::new("country", "it is no code of two letters")),
    };
    let said = match (degrees(row, "latitude")?, degrees(row, "longitude")?) {
        (Some(latitude), Some(longitude)) => Some(clerk::position(latitude, longitude)?),
        (None, None) => None,
        _ => return Err(Bad::new("latitude", "latitude and longitude belong together")),
    };
    let town = clerk.town(row.get("insee_code"), postal_code, city);
    let position = clerk.or_no_position(said.or(town.position));
    let time_zone = match row.some("time_zone") {
        Some(name) => clerk::zone("time_zone", name)?,
        None => town.time_zone,
    };
    let name = clerk::place_name([row.get("location_name"), line, city]);
    // Two who share an address are no practice. Only a name makes them one.
    let (shared_name, whose, organization_name) = match row.some("location_name") {
        Some(shared) => (shared, "", name.clone()),
        None => ("", row.get("source_id"), clerk::whole_name(row.get("given_name"), row.get("family_name"))),
    };
    Ok(Some(Place {
        key: key_of(&[shared_name, line, postal_code, city, &country, whose]),
        organization: None,
        organization_name,
        name,
        line: line.to_owned(),
        postal_code: postal_code.to_owned(),
        city: city.to_owned(),
        country,
        position,
        time_zone,
    }))
}

fn degrees(row: &Row<'_>, column: &str) -> Result<Option<f64>, Bad> {
    // Where fields are kept apart by semicolons, a comma is what others write as a point.
    let Some(text) = row.some(column) else { return Ok(None) };
    let number: f64 =
        text.replace(',', ".").parse().map_err(|_| Bad::new(column, "it is no number of degrees"))?;
    Ok(Some(number))
}

fn yes_or_no(row: &Row<'_>, column: &str) -> Result<Option<bool>, Bad> {
    match row.get(column).to_lowercase().as_str() {
        "" => Ok(None),
        "true" | "yes" | "1" | "oui" | "y" => Ok(Some(true)),
        "false" | "no" | "0" | "non" | "n" => Ok(Some(false)),
        _ => Err(Bad::new(column, "it is neither true nor false")),
    }
}

/// `Consultation:15|Suivi vidéo:20:telehealth`.
fn visit_types(row: &Row<'_>) -> Result<Option<Vec<VisitTypeSaid>>, Bad> {
    if !row.has("visit_types") {
        return Ok(None);
    }
    let wrong = |what: &str, part: &str| Bad::new("visit_types", format!("`{part}` {what}"));
    let mut types = Vec::new();
    for part in row.get("visit_types").split('|').map(str::trim).filter(|part| !part.is_empty()) {
        let mut pieces = part.split(':').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let minutes: i32 = pieces
            .next()
            .and_then(|minutes| minutes.parse().ok())
            .filter(|minutes| (1..=1440).contains(minutes))
            .ok_or_else(|| wrong("has no length of 1 to 1440 minutes", part))?;
        let telehealth = match pieces.next() {
            None => false,
            Some("telehealth") => true,
            Some(_) => return Err(wrong("ends in something other than `telehealth`", part)),
        };
        if name.is_empty() || name.chars().count() > 200 {
            return Err(wrong("has no name of 1 to 200 characters", part));
        }
        types.push(VisitTypeSaid { name: name.to_owned(), minutes: Some(minutes), telehealth });
    }
    Ok(Some(types))
}
