//! What a country asks: the mix of searches that the figures are taken with.
//!
//! Places and specialties are drawn from the directory itself, independently of each other: cities are asked about as
//! often as people work there, and a rare specialty in a village has no answer, as in life. Nine of twenty want a radius
//! above 10 km; a third looks four days ahead, most others two weeks; some want evenings, Saturdays, a language, a visit
//! at a distance; one in seven types a name, often with a slip.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::Entropy;
use rendez_vocab::clock::{Clock, SystemClock};
use rendez_vocab::entropy::SeededEntropy;

use crate::database::Database;
use crate::http::get;

const SAMPLE: i64 = 4_000;

/// Draws from a seed.
pub(crate) struct Dice(SeededEntropy);

impl Dice {
    /// Always the same.
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// 0 to `count - 1`.
    pub(crate) fn below(&self, count: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % count.max(1) as u64) as usize
    }

    fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What is drawn from.
pub(crate) struct Directory {
    pub(crate) specialties: Vec<String>,
    pub(crate) places: Vec<(f64, f64)>,
    pub(crate) names: Vec<String>,
}

impl Directory {
    /// A sample of a directory.
    pub(crate) async fn sample(database: &Database) -> Result<Self> {
        let sql = "SELECT p.specialty, l.latitude, l.longitude, p.given_name || ' ' || p.family_name
            FROM practitioner p TABLESAMPLE SYSTEM (20) REPEATABLE (7) JOIN location l ON l.id = p.location_id
            WHERE p.specialty IS NOT NULL AND l.latitude IS NOT NULL ORDER BY md5(p.id::text) LIMIT $1";
        let rows = database.client.query(sql, &[&SAMPLE]).await?;
        anyhow::ensure!(rows.len() > 100, "the directory has {} practitioners with a place", rows.len());
        Ok(Self {
            specialties: rows.iter().map(|row| row.get(0)).collect(),
            places: rows.iter().map(|row| (row.get(1), row.get(2))).collect(),
            names: rows.iter().map(|row| row.get(3)).collect(),
        })
    }
}

/// So many questions as bytes to send, `names` of a hundred by name.
pub(crate) fn questions(
    directory: &Directory,
    count: usize,
    names: usize,
    seed: u64,
) -> Result<Vec<Vec<u8>>> {
    let dice = Dice::new(seed);
    let now = Timestamp::from_second(SystemClock.now().as_second())?;
    (0..count)
        .map(|_| {
            let by_name = dice.chance(names);
            let path = if by_name { name(directory, &dice)? } else { search(directory, &dice, now)? };
            Ok(get(&path, None))
        })
        .collect()
}

fn search(directory: &Directory, dice: &Dice, now: Timestamp) -> Result<String> {
    let specialty = &directory.specialties[dice.below(directory.specialties.len())];
    let (latitude, longitude) = directory.places[dice.below(directory.places.len())];
    let radius = [5, 10, 30, 50][pick(dice, &[30, 35, 25, 10])];
    let mut path =
        format!("/v1/search?specialty={specialty}&lat={latitude:.4}&lon={longitude:.4}&radius_km={radius}");
    let days = [4, 14, 60, 14, 14][pick(dice, &[35, 45, 8, 7, 5])];
    path += &format!("&to={}", now.checked_add(SignedDuration::from_hours(24 * days))?);
    if dice.chance(7) {
        path += "&hours=18:00-24:00";
    } else if dice.chance(5) {
        path += "&days=sat";
    }
    if dice.chance(60) {
        path += &format!("&visit_minutes={}", [15, 20, 30, 45][pick(dice, &[55, 20, 20, 5])]);
    }
    if dice.chance(10) {
        path += &format!("&language={}", ["en", "ar", "es", "de"][pick(dice, &[60, 20, 15, 5])]);
    }
    if dice.chance(10) {
        path += "&telehealth=true";
    }
    if dice.chance(35) {
        path += "&new_patients=true";
    }
    if dice.chance(12) {
        path += "&sector=sector-1";
    }
    Ok(path)
}

/// A name as people type it: part of it, near where they are, now and then with a slip.
fn name(directory: &Directory, dice: &Dice) -> Result<String> {
    let whole = &directory.names[dice.below(directory.names.len())];
    let mut typed: Vec<char> = whole.to_lowercase().chars().collect();
    if dice.chance(30) && typed.len() > 5 {
        let at = 1 + dice.below(typed.len() - 2);
        typed.remove(at);
    }
    if dice.chance(60) {
        typed.truncate(typed.len() - dice.below(typed.len() / 3 + 1));
    }
    let typed: String = typed.into_iter().collect();
    let (latitude, longitude) = directory.places[dice.below(directory.places.len())];
    let q: String = typed.trim().bytes().map(escaped).collect();
    Ok(format!("/v1/search?q={q}&lat={latitude:.4}&lon={longitude:.4}&radius_km=100"))
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// Which of several, by weights of a hundred.
fn pick(dice: &Dice, weights: &[usize]) -> usize {
    let mut thrown = dice.below(weights.iter().sum());
    for (index, weight) in weights.iter().enumerate() {
        if thrown < *weight {
            return index;
        }
        thrown -= weight;
    }
    0
}

/// The first question of the directory's most common specialty in its densest place: the worst that is asked.
pub(crate) async fn worst(database: &Database) -> Result<Vec<u8>> {
    let row = database
        .client
        .query_opt(
            "SELECT p.specialty, avg(l.latitude), avg(l.longitude) FROM practitioner p TABLESAMPLE SYSTEM (10) REPEATABLE (7)
             JOIN location l ON l.id = p.location_id WHERE p.specialty IS NOT NULL AND l.latitude IS NOT NULL
             GROUP BY p.specialty, l.city ORDER BY count(*) DESC LIMIT 1",
            &[],
        )
        .await?
        .context("an empty directory")?;
    let (specialty, latitude, longitude): (String, f64, f64) = (row.get(0), row.get(1), row.get(2));
    let path = format!("/v1/search?specialty={specialty}&lat={latitude:.4}&lon={longitude:.4}&radius_km=50");
    Ok(get(&path, None))
}
