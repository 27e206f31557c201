//! The words that the index knows as numbers.
//!
//! Invariant: a number, once given, means the same word as long as the index lives. Specialties and sectors are counted
//! as the region's pack lists them; languages get their numbers as they are met; zones are those of the pack and of the
//! locations that existed when the index was made.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rendez_index::{LanguageNo, Moment, SectorNo, SpecialtyNo, Zone, ZoneNo};
use serde::{Deserialize, Serialize};

use crate::regions::Pack;

/// Numbers for languages: one less than a byte holds, so that their count is a byte too.
const LANGUAGES: usize = 255;
/// How far ahead of its making an index knows the clocks.
const CLOCK_YEARS: i64 = 12;
const YEAR_SECONDS: i64 = 365 * 86_400;

/// Words and their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dictionary {
    specialties: Vec<String>,
    sectors: Vec<String>,
    languages: Vec<String>,
    /// Zones that show the same time for all of [`Dictionary::clocks`] share a number.
    zones: Vec<(String, ZoneNo)>,
    /// From when on the clocks are known, in Unix seconds.
    clocks_from: i64,
}

impl Dictionary {
    /// A dictionary for a region, without a language, that knows these zones beside the pack's.
    pub(super) fn new(pack: &Pack, now: Timestamp, zones: impl IntoIterator<Item = String>) -> Self {
        let own = pack.time_zone_names().map(str::to_owned);
        let mut names: Vec<String> = Vec::new();
        for name in own.chain(zones) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let clocks_from = now.as_second() - YEAR_SECONDS;
        let mut different: Vec<Vec<(Moment, i32)>> = Vec::new();
        let mut numbered = Vec::with_capacity(names.len());
        for name in names {
            let Some(offsets) = offsets(&name, clocks_from) else { continue };
            let position = different.iter().position(|known| *known == offsets).unwrap_or_else(|| {
                different.push(offsets);
                different.len() - 1
            });
            // The world has far fewer clocks than that.
            if let Ok(number) = ZoneNo::try_from(position) {
                numbered.push((name, number));
            }
        }
        Self {
            specialties: pack.specialties().iter().map(|specialty| specialty.code.clone()).collect(),
            sectors: pack.sectors().iter().map(|sector| sector.code.clone()).collect(),
            languages: Vec::new(),
            zones: numbered,
            clocks_from,
        }
    }

    /// Whether it says what a new one for this pack would say, languages aside: a pack or a table of zones may have changed
    /// since it was written.
    pub(super) fn is_current(&self, pack: &Pack, clocks: &[Zone]) -> bool {
        let same = |known: &[String], now: Vec<&str>| known.iter().map(String::as_str).eq(now);
        same(&self.specialties, pack.specialties().iter().map(|known| known.code.as_str()).collect())
            && same(&self.sectors, pack.sectors().iter().map(|known| known.code.as_str()).collect())
            && pack.time_zone_names().all(|name| self.zone(name).is_some())
            && self.clocks() == clocks
    }

    /// The clocks by their number.
    pub(super) fn clocks(&self) -> Vec<Zone> {
        let count = self.zones.iter().map(|(_, number)| usize::from(*number) + 1).max().unwrap_or(0);
        (0..count)
            .filter_map(|number| {
                let (name, _) = self.zones.iter().find(|(_, known)| usize::from(*known) == number)?;
                Some(Zone { name: name.clone(), offsets: offsets(name, self.clocks_from)? })
            })
            .collect()
    }

    /// The number of a zone.
    pub(super) fn zone(&self, name: &str) -> Option<ZoneNo> {
        self.zones.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    /// The number of a language, if anybody speaks it.
    pub fn language(&self, code: &str) -> Option<LanguageNo> {
        self.languages.iter().position(|known| known == code).and_then(|at| LanguageNo::try_from(at).ok())
    }

    /// The language with a number.
    pub fn language_code(&self, number: LanguageNo) -> Option<&str> {
        self.languages.get(usize::from(number)).map(String::as_str)
    }

    /// Adds a language; `false` when there are too many.
    pub(super) fn add_language(&mut self, code: &str) -> bool {
        let room = self.languages.len() < LANGUAGES;
        if room {
            self.languages.push(code.to_owned());
        }
        room
    }

    /// The number of a specialty of the pack.
    pub fn specialty(&self, code: &str) -> Option<SpecialtyNo> {
        self.specialties.iter().position(|known| known == code).and_then(|at| SpecialtyNo::try_from(at).ok())
    }

    /// The number of a sector of the pack.
    pub fn sector(&self, code: &str) -> Option<SectorNo> {
        self.sectors.iter().position(|known| known == code).and_then(|at| SectorNo::try_from(at).ok())
    }

    /// What an index over these words is made with.
    pub(super) fn settings(&self, now: Timestamp) -> rendez_index::Settings {
        rendez_index::Settings {
            zones: self.clocks(),
            specialties: u16::try_from(self.specialties.len()).unwrap_or(u16::MAX),
            languages: u8::MAX,
            sectors: u8::try_from(self.sectors.len()).unwrap_or(u8::MAX),
            now: Moment::from_unix(now.as_second()),
        }
    }
}

/// What the zone's clock shows from an instant on, as far as [`CLOCK_YEARS`] reach; `None` for a zone that nobody knows.
fn offsets(name: &str, from: i64) -> Option<Vec<(Moment, i32)>> {
    let zone = TimeZone::get(name).ok()?;
    let start = Timestamp::from_second(from).ok()?;
    let end = Timestamp::from_second(from + CLOCK_YEARS * YEAR_SECONDS).ok()?;
    let mut offsets = vec![(Moment::MIN, zone.to_offset(start).seconds())];
    for change in zone.following(start).take_while(|change| change.timestamp() < end) {
        let offset = change.offset().seconds();
        if offsets.last().is_none_or(|(_, before)| *before != offset) {
            offsets.push((Moment::from_unix(change.timestamp().as_second()), offset));
        }
    }
    Some(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regions;

    fn now() -> Timestamp {
        "2026-11-21T10:00:00Z".parse().expect("an instant")
    }

    fn french() -> &'static Pack {
        regions::pack("fr".parse().expect("a region")).expect("the French pack")
    }

    #[test]
    fn zones_with_the_same_clock_share_a_number() {
        let words = Dictionary::new(
            french(),
            now(),
            ["Europe/Berlin".into(), "Asia/Kathmandu".into(), "No/Where".into()],
        );
        assert_eq!(words.zone("Europe/Berlin"), words.zone("Europe/Paris"));
        assert_ne!(words.zone("Asia/Kathmandu"), words.zone("Europe/Paris"));
        assert_eq!(words.zone("No/Where"), None);
        let paris = &words.clocks()[usize::from(words.zone("Europe/Paris").expect("it is the pack's"))];
        let at = |text: &str| Moment::from_unix(text.parse::<Timestamp>().expect("an instant").as_second());
        assert_eq!(paris.offset(at("2027-03-28T00:59:59Z")), 3600);
        assert_eq!(paris.offset(at("2027-03-28T01:00:00Z")), 7200);
    }

    #[test]
    fn a_language_keeps_its_number_and_the_256th_has_none() {
        let mut words = Dictionary::new(french(), now(), []);
        for number in 0..300 {
            assert_eq!(words.add_language(&format!("x{number}")), number < LANGUAGES);
        }
        assert_eq!(words.language("x7").and_then(|number| words.language_code(number)), Some("x7"));
        assert_eq!(words.language("x299"), None);
    }

    #[test]
    fn a_dictionary_of_another_pack_is_not_current() {
        let words = Dictionary::new(french(), now(), []);
        assert!(words.is_current(french(), &words.clocks()));
        let mut other = words.clone();
        other.specialties.swap(0, 1);
        assert!(!other.is_current(french(), &words.clocks()));
        assert!(!words.is_current(french(), &words.clocks()[1..]));
    }
}
