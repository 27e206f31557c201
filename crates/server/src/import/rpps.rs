//! The open extract of the French register of health professionals (RPPS), published by the Agence du Numérique en Santé:
//! `PS_LibreAcces_Personne_activite_….txt`, fields kept apart by `|`, one line for each activity, so several for a person.

use rendez_domain::directory::bulk::{Place, Said, key_of};

use super::clerk::{self, Clerk};
use super::delimited::{Dialect, Header, Row};
use super::numbers;
use super::taken::{AboutPractitioner, Bad, Taken};

pub(super) const DIALECT: Dialect = Dialect { delimiter: b'|', quotes: false };

/// Says that a number is one of the RPPS; 0 was the older ADELI.
const OF_THE_RPPS: &str = "8";
const STUDENT: &str = "E";
const FRANCE: [&str; 3] = ["", "99000", "99100"];

const NEEDED: [&str; 5] =
    ["Type d'identifiant PP", "Identifiant PP", "Nom d'exercice", "Prénom d'exercice", "Code profession"];

pub(super) fn check(header: &Header) -> Result<Vec<String>, String> {
    match NEEDED.iter().find(|column| !header.has(column)) {
        Some(missing) => Err(format!("it has no column `{missing}`")),
        None => Ok(Vec::new()),
    }
}

pub(super) fn take(row: &Row<'_>, clerk: &mut Clerk) -> Result<Taken, Bad> {
    if row.get("Type d'identifiant PP") != OF_THE_RPPS {
        return Ok(Taken::Skipped("the number is not one of the RPPS".into()));
    }
    if row.get("Code catégorie professionnelle") == STUDENT {
        return Ok(Taken::Skipped("a student".into()));
    }
    let person = numbers::rpps(row.get("Identifiant PP"))
        .ok_or_else(|| Bad::new("Identifiant PP", "its length or its check digit is wrong"))?;
    let place = place(row, &person, clerk);
    let phones = ["Téléphone (coord. structure)", "Téléphone 2 (coord. structure)"]
        .into_iter()
        .find_map(|name| row.some(name));
    let said = Said {
        given_name: Some(clerk::person_name("Prénom d'exercice", row.get("Prénom d'exercice"))?),
        family_name: Some(clerk::person_name("Nom d'exercice", row.get("Nom d'exercice"))?),
        specialty: Some(clerk.rpps([row.get("Code savoir-faire"), row.get("Code profession")])),
        phone: Some(phones.and_then(|written| clerk.phone(written))),
        email: Some(row.some("Adresse e-mail (coord. structure)").and_then(|written| clerk.email(written))),
        active: Some(true),
        places: place.as_ref().map(|place| vec![place.key.clone()]),
        ..Said::default()
    };
    Ok(Taken::practitioner(AboutPractitioner { person, said, place, ..AboutPractitioner::default() }))
}

fn place(row: &Row<'_>, person: &str, clerk: &mut Clerk) -> Option<Place> {
    let structure = row.get("Identifiant technique de la structure");
    let postal_code = row.get("Code postal (coord. structure)");
    let code = row.get("Code commune (coord. structure)");
    if !FRANCE.contains(&row.get("Code pays (coord. structure)")) {
        clerk.notice("the place lies abroad");
        return None;
    }
    if structure.is_empty() && postal_code.is_empty() && code.is_empty() {
        return None;
    }
    let line = [
        row.get("Numéro Voie (coord. structure)"),
        row.get("Indice répétition voie (coord. structure)"),
        row.get("Libellé type de voie (coord. structure)"),
        row.get("Libellé Voie (coord. structure)"),
    ];
    let line = line.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let city = row.get("Libellé commune (coord. structure)");
    let town = clerk.town(code, postal_code, city);
    let city = town.name.unwrap_or_else(|| city.to_owned());
    let name = clerk::place_name([
        row.get("Enseigne commerciale site"),
        row.get("Raison sociale site"),
        &line,
        &city,
    ]);
    let legal = [
        ("finess", "Numéro FINESS établissement juridique"),
        ("siren", "Numéro SIREN site"),
        ("structure", "Identifiant technique de la structure"),
    ];
    let organization =
        legal.into_iter().find_map(|(kind, column)| Some(format!("{kind}:{}", row.some(column)?)));
    // Two who share an address are no practice. Only a structure makes them one.
    let whose =
        row.some("Identifiant technique de la structure").or(organization.as_deref()).unwrap_or(person);
    let organization_name = match organization.is_some() {
        true => clerk::place_name([row.get("Raison sociale site"), &name]),
        false => clerk::whole_name(row.get("Prénom d'exercice"), row.get("Nom d'exercice")),
    };
    Some(Place {
        key: key_of(&[whose, &line, postal_code, code]),
        organization,
        organization_name,
        name,
        line,
        postal_code: postal_code.to_owned(),
        city,
        country: "FR".to_owned(),
        position: clerk.or_no_position(town.position),
        time_zone: town.time_zone,
    })
}
