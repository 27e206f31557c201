//! Towns: where they are, how large, and which postal codes they have. Sources and licences stand beside each pack, for
//! France in `packs/fr/places.md`.
//!
//! A region's towns are read when they are first asked for, never at the start.

use std::collections::HashMap;
use std::fmt;

use super::search_key;

/// A town, or a part of a large one that has a code of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its name as its people write it.
    pub name: String,
    /// The name as search compares it, by [`search_key`].
    pub search_key: String,
    /// INSEE's code of the commune: unique, other than the name.
    pub insee_code: String,
    /// Its first postal code.
    pub postal_code: String,
    /// The postal codes beside the first.
    pub further_postal_codes: Vec<String>,
    /// Degrees north (WGS 84).
    pub latitude: f64,
    /// Degrees east (WGS 84).
    pub longitude: f64,
    /// How many people live there.
    pub population: u32,
    /// The code of the town that it is a part of, as the arrondissements of Paris are. Such a part's people are counted in
    /// the whole too.
    pub part_of: Option<String>,
}

impl Place {
    /// Every postal code, the first before the others.
    pub fn postal_codes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.postal_code).chain(&self.further_postal_codes).map(String::as_str)
    }
}

/// The towns of a region with what finds them.
#[derive(Clone, Default)]
pub(super) struct Gazetteer {
    /// The largest first.
    places: Vec<Place>,
    by_code: HashMap<String, usize>,
    /// Parts before the towns that they belong to, then the largest first.
    by_postal_code: HashMap<String, Vec<usize>>,
}

impl fmt::Debug for Gazetteer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Gazetteer({} places)", self.places.len())
    }
}

impl Gazetteer {
    /// Reads the lines of a `places.tsv`, but for the first, which names the columns. `None` when a line is no town.
    pub(super) fn read(source: &str) -> Option<Self> {
        let places: Vec<Place> = source.lines().skip(1).map(place).collect::<Option<_>>()?;
        let by_code = places.iter().enumerate().map(|(at, place)| (place.insee_code.clone(), at)).collect();
        let mut by_postal_code: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, place) in places.iter().enumerate() {
            for code in place.postal_codes() {
                by_postal_code.entry(code.to_owned()).or_default().push(at);
            }
        }
        for found in by_postal_code.values_mut() {
            found.sort_by_key(|at| places[*at].part_of.is_none());
        }
        Some(Self { places, by_code, by_postal_code })
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    pub(super) fn by_code(&self, code: &str) -> Option<&Place> {
        self.by_code.get(code).map(|at| &self.places[*at])
    }

    pub(super) fn by_postal_code(&self, code: &str) -> impl Iterator<Item = &Place> {
        self.by_postal_code.get(code).into_iter().flatten().map(|at| &self.places[*at])
    }
}

fn place(line: &str) -> Option<Place> {
    let mut fields = line.split('\t');
    let name = fields.next()?.to_owned();
    let insee_code = fields.next()?.to_owned();
    let mut postal_codes = fields.next()?.split('|').map(str::to_owned);
    Some(Place {
        search_key: search_key(&name),
        name,
        insee_code,
        postal_code: postal_codes.next()?,
        further_postal_codes: postal_codes.collect(),
        latitude: fields.next()?.parse().ok()?,
        longitude: fields.next()?.parse().ok()?,
        population: fields.next()?.parse().ok()?,
        part_of: fields.next().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::regions::{Pack, packs};

    fn france() -> &'static Pack {
        &packs()[0]
    }

    #[test]
    fn every_line_is_a_town_of_the_country() {
        let places = france().places();
        assert!(places.len() > 35_000, "{}", places.len());
        for place in places {
            assert!(place.latitude.abs() < 52.0 && place.longitude.abs() < 180.0, "{place:?}");
            let overseas = place.insee_code.starts_with("97") || place.insee_code.starts_with("98");
            let mainland = (41.3..51.1).contains(&place.latitude) && (-5.2..9.6).contains(&place.longitude);
            assert!(overseas != mainland, "{place:?}");
            for code in place.postal_codes() {
                assert!(france().postal_code().fits(code), "{place:?}");
            }
            assert!(!place.search_key.is_empty(), "{place:?}");
        }
        let codes: HashSet<_> = places.iter().map(|place| &place.insee_code).collect();
        assert_eq!(codes.len(), places.len());
        assert!(places.is_sorted_by(|a, b| a.population >= b.population));
        let people: u64 = places
            .iter()
            .filter(|place| place.part_of.is_none())
            .map(|place| u64::from(place.population))
            .sum();
        assert!((68_000_000..70_000_000).contains(&people), "{people}");
    }

    #[test]
    fn towns_are_where_the_map_says() {
        for (name, latitude, longitude) in [
            ("Paris", 48.86, 2.35),
            ("Rennes", 48.11, -1.68),
            ("Brest", 48.39, -4.49),
            ("Saint-Malo", 48.65, -2.01),
            ("Ajaccio", 41.92, 8.74),
            ("Saint-Denis", -20.88, 55.45),
            ("Fort-de-France", 14.60, -61.07),
            ("Papeete", -17.54, -149.57),
        ] {
            let place = france().places().iter().find(|place| place.name == name).expect("a large town");
            assert!(
                (place.latitude - latitude).abs() < 0.02 && (place.longitude - longitude).abs() < 0.02,
                "{place:?}"
            );
        }
    }

    #[test]
    fn towns_are_found_by_their_codes() {
        assert_eq!(france().place_by_code("35238").map(|place| place.name.as_str()), Some("Rennes"));
        assert!(france().place_by_code("00000").is_none());
        let names = |code: &str| -> Vec<&str> {
            france().places_by_postal_code(code).map(|place| place.name.as_str()).collect()
        };
        assert_eq!(names("35700"), ["Rennes"], "every code of a town, not only its first");
        assert_eq!(names("75011"), ["Paris 11e Arrondissement", "Paris"], "the part before the whole");
        assert_eq!(names("69009")[0], "Lyon 9e Arrondissement");
        assert_eq!(names("13016")[0], "Marseille 16e Arrondissement");
        assert!(names("22200").len() > 5 && names("22200")[0] == "Guingamp", "several towns share a code");
        assert!(names("99999").is_empty());
    }

    #[test]
    fn a_town_keeps_its_own_time() {
        for (code, zone) in [
            ("75056", "Europe/Paris"),
            ("97411", "Indian/Reunion"),
            ("97209", "America/Martinique"),
            ("98735", "Pacific/Tahiti"),
            ("98731", "Pacific/Marquesas"),
        ] {
            let place = france().place_by_code(code).expect("a town");
            assert_eq!(france().time_zone_name_at(place), zone, "{}", place.name);
        }
    }
}
