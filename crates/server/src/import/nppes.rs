//! The monthly file of the provider register of the United States (NPPES), published by the Centers for Medicare & Medicaid
//! Services: `npidata_pfile_….csv`, quoted, 330 columns. Persons are taken, organizations are not.

use jiff::civil::Date;
use rendez_domain::directory::bulk::{IfUnknown, Place, Said, key_of};

use super::clerk::{self, Clerk};
use super::delimited::{Dialect, Header, Row};
use super::numbers;
use super::taken::{AboutPractitioner, Bad, Taken};
use super::zones;

pub(super) const DIALECT: Dialect = Dialect { delimiter: b',', quotes: true };

const PERSON: &str = "1";
const TAXONOMIES: u32 = 15;
const PRACTICE: &str = "Provider Business Practice Location Address";

const NEEDED: [&str; 4] =
    ["NPI", "Entity Type Code", "Provider Last Name (Legal Name)", "Provider First Name"];

pub(super) fn check(header: &Header) -> Result<Vec<String>, String> {
    match NEEDED.iter().find(|column| !header.has(column)) {
        Some(missing) => Err(format!("it has no column `{missing}`")),
        None => Ok(Vec::new()),
    }
}

pub(super) fn take(row: &Row<'_>, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let person = numbers::npi(row.get("NPI"))
        .ok_or_else(|| Bad::new("NPI", "its length or its check digit is wrong"))?;
    if is_deactivated(row) {
        let said = Said {
            if_unknown: IfUnknown::Skip("the number is deactivated".into()),
            active: Some(false),
            ..Said::default()
        };
        return Ok(Taken::practitioner(AboutPractitioner { person, said, ..AboutPractitioner::default() }));
    }
    if row.get("Entity Type Code") != PERSON {
        return Ok(Taken::Skipped("an organization".into()));
    }
    let place = place(row, &person, clerk);
    let said = Said {
        given_name: Some(clerk::person_name("Provider First Name", row.get("Provider First Name"))?),
        family_name: Some(clerk::person_name(
            "Provider Last Name (Legal Name)",
            row.get("Provider Last Name (Legal Name)"),
        )?),
        specialty: Some(clerk.nucc(&taxonomies(row))),
        phone: Some(phone(row.get(&format!("{PRACTICE} Telephone Number")), clerk)),
        active: Some(true),
        places: place.as_ref().map(|place| vec![place.key.clone()]),
        ..Said::default()
    };
    Ok(Taken::practitioner(AboutPractitioner { person, said, place, ..AboutPractitioner::default() }))
}

/// A number that was given back later than it was taken is active again.
fn is_deactivated(row: &Row<'_>) -> bool {
    let day = |column| Date::strptime("%m/%d/%Y", row.get(column)).ok();
    match (day("NPI Deactivation Date"), day("NPI Reactivation Date")) {
        (Some(taken), Some(given)) => given < taken,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Codes of what they do, the primary one first.
fn taxonomies<'a>(row: &'a Row<'_>) -> Vec<&'a str> {
    let mut codes = Vec::new();
    for number in 1..=TAXONOMIES {
        let Some(code) = row.some(&format!("Healthcare Provider Taxonomy Code_{number}")) else { continue };
        if row.get(&format!("Healthcare Provider Primary Taxonomy Switch_{number}")) == "Y" {
            codes.insert(0, code);
        } else {
            codes.push(code);
        }
    }
    codes
}

fn phone(written: &str, clerk: &mut Clerk) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    clerk.or_left_out(
        written,
        (digits.len() == 10).then(|| format!("+1{digits}")),
        "phone number not understood",
    )
}

fn place(row: &Row<'_>, person: &str, clerk: &mut Clerk) -> Option<Place> {
    let address = |part: &str| row.get(&format!("{PRACTICE} {part}"));
    let first = row.get("Provider First Line Business Practice Location Address");
    let second = row.get("Provider Second Line Business Practice Location Address");
    let (city, state, postal_code) = (address("City Name"), address("State Name"), address("Postal Code"));
    let country = match row.get("Provider Business Practice Location Address Country Code (If outside U.S.)")
    {
        "" => "US",
        code if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => code,
        _ => {
            clerk.notice("the country's code is not understood");
            "US"
        }
    };
    if first.is_empty() && city.is_empty() && postal_code.is_empty() {
        return None;
    }
    // The last four of nine digits name the side of a street.
    let postal_code = clerk::shortened(postal_code, 5);
    let line = [first, second].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let zone = zones::of_state(state);
    if zone.is_none() {
        clerk.notice("no time zone: the state is not known");
    }
    clerk.notice("no position: the file has none");
    let name = clerk::place_name([line.as_str(), city]);
    // The file says nothing of who works with whom: two who share an address are no practice.
    let names = ["Provider First Name", "Provider Last Name (Legal Name)"].map(|column| row.get(column));
    Some(Place {
        key: key_of(&[person, &line, postal_code, city, state, country]),
        organization: None,
        organization_name: clerk::whole_name(names[0], names[1]),
        name,
        line,
        postal_code: postal_code.to_owned(),
        city: format!("{city}, {state}").trim_matches([',', ' ']).to_owned(),
        country: country.to_owned(),
        position: None,
        time_zone: zone.unwrap_or(clerk.pack.time_zone_name()).to_owned(),
    })
}
