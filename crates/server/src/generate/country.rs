//! What every part of a country is made from: its pack, its towns with their chances, and the day on which it is made.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rendez_domain::regions::{Pack, Place, SampleNames, Specialty, sample_names};
use rendez_platform::fault::Fault;

use super::calendar::ComingDays;
use crate::bulk::dice::{Dice, Weights};

/// The region of the largest town reaches so far.
const CAPITAL_REACH_KM: f64 = 45.0;
/// And has so much of all practitioners.
const CAPITAL_SHARE: f64 = 0.35;
/// Larger towns have more practitioners for as many people.
const PULL_OF_CITIES: f64 = 1.15;
const KM_PER_DEGREE: f64 = 111.195;

/// Everything that parts of the country have in common.
pub(super) struct Country {
    /// The country's data.
    pub(super) pack: &'static Pack,
    /// Names for its people.
    pub(super) names: &'static SampleNames,
    /// The coming days in its zones.
    pub(super) days: ComingDays,
    /// Records count as made from here on, one a millisecond, so that ids rise as rows do.
    pub(super) epoch: Timestamp,
    /// The day on which it is made.
    pub(super) today: jiff::civil::Date,
    towns: Vec<&'static Place>,
    town_chances: Weights,
    specialty_chances: Weights,
    seed: u64,
}

impl Country {
    /// The country as it is made at an instant.
    pub(super) fn new(pack: &'static Pack, seed: u64, now: Timestamp) -> Result<Self, Fault> {
        let today = now.to_zoned(pack.time_zone().clone()).date();
        let midnight = today
            .to_zoned(pack.time_zone().clone())
            .map_err(|error| Fault::new("finding the day's beginning", error))?
            .timestamp();
        let towns = towns(pack);
        Ok(Self {
            pack,
            names: sample_names(),
            days: ComingDays::new(pack, today)?,
            epoch: midnight - SignedDuration::from_hours(24 * 30),
            today,
            town_chances: town_chances(pack, &towns),
            towns,
            specialty_chances: Weights::new(pack.specialties().iter().map(|known| u64::from(known.weight))),
            seed,
        })
    }

    /// Dice of their own for each part, so that parts can be made in any order. `kind` tells parts of the same number apart.
    pub(super) fn dice(&self, kind: u64, part: usize) -> Dice {
        let mixing = Dice::new(self.seed ^ (kind << 56) ^ (part as u64).rotate_left(20));
        Dice::new(mixing.between(0, i64::MAX - 1).unsigned_abs())
    }

    /// A town, larger ones more often.
    pub(super) fn town(&self, dice: &Dice) -> &'static Place {
        self.towns[self.town_chances.draw(dice)]
    }

    /// A specialty, as often as the pack says.
    pub(super) fn specialty(&self, dice: &Dice) -> &'static Specialty {
        &self.pack.specialties()[self.specialty_chances.draw(dice)]
    }

    /// When the record of that number counts as made.
    pub(super) fn made_at(&self, number: usize) -> Timestamp {
        let milliseconds = i64::try_from(number).unwrap_or(i64::MAX);
        self.epoch.checked_add(SignedDuration::from_millis(milliseconds)).unwrap_or(self.epoch)
    }
}

/// Every town where people live; of a town with parts, the parts.
fn towns(pack: &'static Pack) -> Vec<&'static Place> {
    let wholes: HashSet<&String> = pack.places().iter().filter_map(|place| place.part_of.as_ref()).collect();
    pack.places().iter().filter(|place| place.population > 0 && !wholes.contains(&place.insee_code)).collect()
}

/// By population, but more in cities, and in the region of the largest one as much as it has in truth.
fn town_chances(pack: &Pack, towns: &[&Place]) -> Weights {
    let Some(capital) = pack.places().first() else { return Weights::new(std::iter::empty()) };
    let pull = |place: &Place| f64::from(place.population).powf(PULL_OF_CITIES);
    let near = |place: &Place| kilometres(capital, place) < CAPITAL_REACH_KM;
    let (inside, outside) = towns.iter().fold((0.0, 0.0), |(inside, outside), place| match near(place) {
        true => (inside + pull(place), outside),
        false => (inside, outside + pull(place)),
    });
    let factor = if inside > 0.0 && outside > 0.0 {
        CAPITAL_SHARE / (1.0 - CAPITAL_SHARE) * outside / inside
    } else {
        1.0
    };
    Weights::new(towns.iter().map(|place| {
        let weight = if near(place) { pull(place) * factor } else { pull(place) };
        weight.max(1.0) as u64
    }))
}

/// Straight across a flat map: good enough to say what lies around a city.
fn kilometres(one: &Place, other: &Place) -> f64 {
    let north = one.latitude - other.latitude;
    let east = (one.longitude - other.longitude) * one.latitude.to_radians().cos();
    north.hypot(east) * KM_PER_DEGREE
}

#[cfg(test)]
mod tests {
    use rendez_domain::regions::packs;

    use super::*;

    #[test]
    fn a_third_is_around_the_capital_and_the_rest_everywhere() {
        let now = "2026-03-02T09:00:00Z".parse().expect("an instant");
        let country = Country::new(&packs()[0], 1, now).expect("France");
        let dice = country.dice(0, 0);
        let drawn: Vec<&Place> = (0..20_000).map(|_| country.town(&dice)).collect();
        let capital =
            drawn.iter().filter(|place| ["75", "92", "93", "94"].contains(&&place.insee_code[..2])).count();
        assert!((4_000..8_000).contains(&capital), "{capital}");
        assert!(drawn.iter().all(|place| place.insee_code != "75056"), "parts stand for the whole");
        let different: HashSet<&str> = drawn.iter().map(|place| place.insee_code.as_str()).collect();
        assert!(different.len() > 4_000, "{}", different.len());
        assert!(drawn.iter().any(|place| place.insee_code.starts_with("974")), "the islands too");
    }

    #[test]
    fn parts_have_dice_of_their_own() {
        let now = "2026-03-02T09:00:00Z".parse().expect("an instant");
        let country = Country::new(&packs()[0], 7, now).expect("France");
        let thrown = |kind, part| country.dice(kind, part).between(0, i64::MAX - 1);
        let different: HashSet<i64> = (0..2)
            .flat_map(|kind| (0..500).map(move |part| (kind, part)))
            .map(|(k, p)| thrown(k, p))
            .collect();
        assert_eq!(different.len(), 1_000);
        assert_eq!(thrown(1, 3), thrown(1, 3));
    }
}
