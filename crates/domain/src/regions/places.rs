//! Towns: where they are and how large. Source and licence stand in `packs/fr/places.md`.

use std::sync::LazyLock;

use super::search_key;

/// A town.
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
    /// Degrees north (WGS 84).
    pub latitude: f64,
    /// Degrees east (WGS 84).
    pub longitude: f64,
    /// How many people live there.
    pub population: u32,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let source = include_str!("../../../../packs/fr/places.tsv");
    source.lines().skip(1).map(|line| place(line).expect("tests read every line of the towns")).collect()
});

/// The towns, the largest first.
pub fn places() -> &'static [Place] {
    &PLACES
}

/// The towns that somebody may mean who typed this much: a part of the name from the start of a word, or the start of a
/// postal code. Towns whose whole name begins so come first, each group with the largest first; at most `limit`.
pub fn complete_place(typed: &str, limit: usize) -> Vec<&'static Place> {
    let key = search_key(typed);
    if key.is_empty() {
        return Vec::new();
    }
    let inside = format!(" {key}");
    let begins = |place: &&Place| place.search_key.starts_with(&key) || place.postal_code.starts_with(&key);
    let contains = |place: &&Place| !begins(place) && place.search_key.contains(&inside);
    places().iter().filter(begins).chain(places().iter().filter(contains)).take(limit).collect()
}

fn place(line: &str) -> Option<Place> {
    let mut fields = line.split('\t');
    let name = fields.next()?.to_owned();
    Some(Place {
        search_key: search_key(&name),
        name,
        insee_code: fields.next()?.to_owned(),
        postal_code: fields.next()?.to_owned(),
        latitude: fields.next()?.parse().ok()?,
        longitude: fields.next()?.parse().ok()?,
        population: fields.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_a_town_of_brittany() {
        assert!(places().len() > 900, "{}", places().len());
        for place in places() {
            assert!((47.2..48.95).contains(&place.latitude), "{place:?}");
            assert!((-5.2..-1.0).contains(&place.longitude), "{place:?}");
            assert!(place.population >= 300 && place.postal_code.len() == 5, "{place:?}");
        }
        let codes: HashSet<_> = places().iter().map(|place| &place.insee_code).collect();
        assert_eq!(codes.len(), places().len());
        assert!(places().is_sorted_by(|a, b| a.population >= b.population));
    }

    #[test]
    fn towns_are_where_the_map_says() {
        for (name, latitude, longitude) in [
            ("Rennes", 48.11, -1.68),
            ("Brest", 48.39, -4.49),
            ("Quimper", 48.00, -4.10),
            ("Saint-Malo", 48.65, -2.01),
        ] {
            let place = places().iter().find(|place| place.name == name).expect("a large town");
            assert!(
                (place.latitude - latitude).abs() < 0.02 && (place.longitude - longitude).abs() < 0.02,
                "{place:?}"
            );
        }
    }

    #[test]
    fn completion_prefers_the_start_of_the_name_and_the_larger_town() {
        let names = |typed: &str| -> Vec<&str> {
            complete_place(typed, 4).iter().map(|place| place.name.as_str()).collect()
        };
        assert_eq!(names("ren")[0], "Rennes");
        assert_eq!(names("saint-b")[0], "Saint-Brieuc");
        assert_eq!(names("SAINT BRIEUC"), ["Saint-Brieuc"]);
        assert_eq!(names("malo")[..1], ["Saint-Malo"], "a word inside the name");
        assert_eq!(names("35000"), ["Rennes"]);
        assert!(names("  ").is_empty());
    }
}
