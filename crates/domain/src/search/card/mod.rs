//! A practitioner's public profile in a few hundred bytes: what the index keeps beside each person, and what a result is
//! shown from without asking the database.
//!
//! Invariant: [`Card::read`] gives back what [`encode`] was given, without allocating. It knows neither the practitioner's id (who asks has it) nor anything that is free.

mod common;

use rendez_vocab::ids::{LocationId, OrganizationId, VisitTypeId};
use uuid::Uuid;

use crate::directory::Practitioner;

/// Changes with the form of a card, so that an old file of cards is noticed.
pub const CARD_FORM: u8 = 2;

const NEW_PATIENTS: u8 = 1;
const TELEHEALTH: u8 = 2;
const HAS_SPECIALTY: u8 = 4;
const HAS_SECTOR: u8 = 8;
const HAS_PHONE: u8 = 16;

/// What a card is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct CardSource<'a> {
    /// Where they belong.
    pub organization: OrganizationId,
    /// First name.
    pub given_name: &'a str,
    /// Last name.
    pub family_name: &'a str,
    /// A code of the region's pack.
    pub specialty: Option<&'a str>,
    /// How they charge: a code of the region's pack.
    pub sector: Option<&'a str>,
    /// For patients to call.
    pub phone: Option<&'a str>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    /// ISO 639 codes.
    pub languages: Vec<&'a str>,
    /// The main location first.
    pub locations: Vec<CardLocation<'a>>,
    /// What can be booked (active ones), in the order in which patients see it.
    pub visit_types: Vec<CardVisitType<'a>>,
}

/// A place on a card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CardLocation<'a> {
    /// Which one.
    pub id: LocationId,
    /// What people call it.
    pub name: &'a str,
    /// Street and number.
    pub line: &'a str,
    /// In the country's form.
    pub postal_code: &'a str,
    /// Town.
    pub city: &'a str,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: &'a str,
    /// Degrees north and east, if known.
    pub position: Option<(f64, f64)>,
    /// IANA zone.
    pub time_zone: &'a str,
}

/// A visit type on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardVisitType<'a> {
    /// Which one.
    pub id: VisitTypeId,
    /// What patients read.
    pub name: &'a str,
    /// How long the visit lasts.
    pub duration_minutes: u32,
    /// Whether it happens at a distance.
    pub telehealth: bool,
}

impl<'a> From<&'a Practitioner> for CardSource<'a> {
    fn from(known: &'a Practitioner) -> Self {
        Self {
            organization: known.organization,
            given_name: &known.given_name,
            family_name: &known.family_name,
            specialty: known.specialty.as_deref(),
            sector: known.sector.as_deref(),
            phone: known.phone.as_deref(),
            accepts_new_patients: known.accepts_new_patients,
            telehealth: known.telehealth,
            languages: known.languages.iter().map(String::as_str).collect(),
            locations: known
                .locations
                .iter()
                .map(|location| CardLocation {
                    id: location.id,
                    name: &location.name,
                    line: &location.line,
                    postal_code: &location.postal_code,
                    city: &location.city,
                    country: &location.country,
                    position: location.latitude.zip(location.longitude),
                    time_zone: &location.time_zone,
                })
                .collect(),
            visit_types: known
                .visit_types
                .iter()
                .filter(|visit_type| visit_type.active)
                .map(|visit_type| CardVisitType {
                    id: visit_type.id,
                    name: &visit_type.name,
                    duration_minutes: visit_type.duration_minutes,
                    telehealth: visit_type.telehealth,
                })
                .collect(),
        }
    }
}

/// Writes a card.
pub fn encode(source: &CardSource<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    out.push(CARD_FORM);
    out.push(
        flag(source.accepts_new_patients, NEW_PATIENTS)
            | flag(source.telehealth, TELEHEALTH)
            | flag(source.specialty.is_some(), HAS_SPECIALTY)
            | flag(source.sector.is_some(), HAS_SECTOR)
            | flag(source.phone.is_some(), HAS_PHONE),
    );
    out.extend_from_slice(source.organization.uuid().as_bytes());
    put_text(&mut out, source.given_name);
    put_text(&mut out, source.family_name);
    for text in [source.specialty, source.sector, source.phone].into_iter().flatten() {
        put_word(&mut out, text);
    }
    put_list(&mut out, &source.languages, |out, language| put_word(out, language));
    put_list(&mut out, &source.locations, put_location);
    put_list(&mut out, &source.visit_types, |out, visit_type| {
        out.extend_from_slice(visit_type.id.uuid().as_bytes());
        put_word(out, visit_type.name);
        put_number(out, u64::from(visit_type.duration_minutes) * 2 + u64::from(visit_type.telehealth));
    });
    out.shrink_to_fit();
    out
}

/// How a position is written.
const NO_POSITION: u8 = 0;
const TEN_MILLIONTHS: u8 = 1;
const IN_FULL: u8 = 2;
const PER_DEGREE: f64 = 1e7;

fn put_location(out: &mut Vec<u8>, location: &CardLocation<'_>) {
    out.extend_from_slice(location.id.uuid().as_bytes());
    for text in [location.name, location.line, location.postal_code, location.city] {
        put_text(out, text);
    }
    put_word(out, location.country);
    put_word(out, location.time_zone);
    match location.position {
        None => out.push(NO_POSITION),
        Some((latitude, longitude)) => match (ten_millionths(latitude), ten_millionths(longitude)) {
            // Seven decimals are a centimetre: nearly every coordinate has no more.
            (Some(north), Some(east)) => {
                out.push(TEN_MILLIONTHS);
                out.extend_from_slice(&north.to_le_bytes());
                out.extend_from_slice(&east.to_le_bytes());
            }
            _ => {
                out.push(IN_FULL);
                out.extend_from_slice(&latitude.to_le_bytes());
                out.extend_from_slice(&longitude.to_le_bytes());
            }
        },
    }
}

/// The degrees as a whole number, if that loses nothing.
fn ten_millionths(degrees: f64) -> Option<i32> {
    let whole = (degrees * PER_DEGREE).round();
    let fits = whole.abs() <= f64::from(i32::MAX) && (whole / PER_DEGREE).to_bits() == degrees.to_bits();
    fits.then_some(whole as i32)
}

/// The items' length in bytes, and the items.
fn put_list<T>(out: &mut Vec<u8>, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    let mut list = Vec::with_capacity(160);
    for item in items {
        put(&mut list, item);
    }
    put_number(out, list.len() as u64);
    out.append(&mut list);
}

/// In the number before a text: the rest is the number of a common word, else the length of the text that follows.
const COMMON: u64 = 1;

/// A text that may well be a common word.
fn put_word(out: &mut Vec<u8>, text: &str) {
    match common::number_of(text) {
        Some(number) => put_number(out, number << 1 | COMMON),
        None => put_text(out, text),
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, (text.len() as u64) << 1);
    out.extend_from_slice(text.as_bytes());
}

/// Seven bits a byte, the lowest first (LEB128).
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A card as it is read: texts are borrowed, lists are read as one goes along them.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// Where they belong.
    pub organization: OrganizationId,
    /// First name.
    pub given_name: &'a str,
    /// Last name.
    pub family_name: &'a str,
    /// A code of the region's pack.
    pub specialty: Option<&'a str>,
    /// How they charge: a code of the region's pack.
    pub sector: Option<&'a str>,
    /// For patients to call.
    pub phone: Option<&'a str>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    languages: Rest<'a>,
    locations: Rest<'a>,
    visit_types: Rest<'a>,
}

impl<'a> Card<'a> {
    /// Reads what [`encode`] wrote; `None` for what it did not write.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        if rest.byte()? != CARD_FORM {
            return None;
        }
        let flags = rest.byte()?;
        let organization = OrganizationId::from_uuid(rest.uuid()?);
        let (given_name, family_name) = (rest.text()?, rest.text()?);
        let mut optional = |flag: u8| match flags & flag {
            0 => Some(None),
            _ => rest.text().map(Some),
        };
        let (specialty, sector) = (optional(HAS_SPECIALTY)?, optional(HAS_SECTOR)?);
        let phone = optional(HAS_PHONE)?;
        let card = Self {
            organization,
            given_name,
            family_name,
            specialty,
            sector,
            phone,
            accepts_new_patients: flags & NEW_PATIENTS != 0,
            telehealth: flags & TELEHEALTH != 0,
            languages: rest.list()?,
            locations: rest.list()?,
            visit_types: rest.list()?,
        };
        rest.0.is_empty().then_some(card)
    }

    /// ISO 639 codes.
    pub fn languages(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut rest = self.languages;
        std::iter::from_fn(move || rest.text())
    }

    /// Where they work, the main location first.
    pub fn locations(&self) -> impl Iterator<Item = CardLocation<'a>> + use<'a> {
        let mut rest = self.locations;
        std::iter::from_fn(move || rest.location())
    }

    /// What can be booked, in the order in which patients see it.
    pub fn visit_types(&self) -> impl Iterator<Item = CardVisitType<'a>> + use<'a> {
        let mut rest = self.visit_types;
        std::iter::from_fn(move || rest.visit_type())
    }

    /// The location with an id.
    pub fn location(&self, id: LocationId) -> Option<CardLocation<'a>> {
        self.locations().find(|location| location.id == id)
    }

    /// The visit type with an id.
    pub fn visit_type(&self, id: VisitTypeId) -> Option<CardVisitType<'a>> {
        self.visit_types().find(|visit_type| visit_type.id == id)
    }
}

/// What is still to be read.
#[derive(Debug, Clone, Copy)]
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a str> {
        let number = self.number()?;
        if number & COMMON != 0 {
            return common::word(number >> 1);
        }
        let length = usize::try_from(number >> 1).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.array().map(Uuid::from_bytes)
    }

    fn list(&mut self) -> Option<Self> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length).map(Rest)
    }

    fn location(&mut self) -> Option<CardLocation<'a>> {
        Some(CardLocation {
            id: LocationId::from_uuid(self.uuid()?),
            name: self.text()?,
            line: self.text()?,
            postal_code: self.text()?,
            city: self.text()?,
            country: self.text()?,
            time_zone: self.text()?,
            position: self.position()?,
        })
    }

    fn position(&mut self) -> Option<Option<(f64, f64)>> {
        let degrees = |bytes: [u8; 4]| f64::from(i32::from_le_bytes(bytes)) / PER_DEGREE;
        Some(match self.byte()? {
            TEN_MILLIONTHS => Some((degrees(self.array()?), degrees(self.array()?))),
            IN_FULL => Some((f64::from_le_bytes(self.array()?), f64::from_le_bytes(self.array()?))),
            _ => None,
        })
    }

    fn visit_type(&mut self) -> Option<CardVisitType<'a>> {
        let (id, name, length) = (self.uuid()?, self.text()?, self.number()?);
        Some(CardVisitType {
            id: VisitTypeId::from_uuid(id),
            name,
            duration_minutes: u32::try_from(length / 2).ok()?,
            telehealth: length % 2 == 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> CardSource<'static> {
        let location = CardLocation {
            id: LocationId::from_uuid(Uuid::from_u128(7)),
            name: "Cabinet des Lices",
            line: "2 place des Lices",
            postal_code: "35000",
            city: "Rennes",
            country: "FR",
            position: Some((48.1147, -1.6794)),
            time_zone: "Europe/Paris",
        };
        let visit_type = CardVisitType {
            id: VisitTypeId::from_uuid(Uuid::from_u128(9)),
            name: "Première consultation",
            duration_minutes: 1_440,
            telehealth: false,
        };
        CardSource {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1 << 90)),
            given_name: "Hélène",
            family_name: "Le Goff",
            specialty: Some("general-practice"),
            sector: None,
            phone: Some("+33299000000"),
            accepts_new_patients: true,
            telehealth: false,
            languages: vec!["fr", "br"],
            locations: vec![
                location,
                CardLocation { position: Some((0.1 + 0.2, -179.999_999_95)), name: "", ..location },
                CardLocation { position: None, ..location },
            ],
            visit_types: vec![
                visit_type,
                CardVisitType { telehealth: true, duration_minutes: 5, ..visit_type },
            ],
        }
    }

    #[test]
    fn a_card_comes_back_as_it_was() {
        for (sector, languages) in [(None, vec![]), (Some("sector-1"), vec!["fr", "br"])] {
            let source = CardSource { sector, languages, ..source() };
            let bytes = encode(&source);
            let card = Card::read(&bytes).expect("our own bytes");
            let back = CardSource {
                organization: card.organization,
                given_name: card.given_name,
                family_name: card.family_name,
                specialty: card.specialty,
                sector: card.sector,
                phone: card.phone,
                accepts_new_patients: card.accepts_new_patients,
                telehealth: card.telehealth,
                languages: card.languages().collect(),
                locations: card.locations().collect(),
                visit_types: card.visit_types().collect(),
            };
            assert_eq!(back, source);
        }
    }

    #[test]
    fn a_usual_card_is_small() {
        let whole = source();
        let usual = CardSource { locations: vec![whole.locations[0]], ..whole };
        assert!(encode(&usual).len() <= 200, "{}", encode(&usual).len());
    }

    #[test]
    fn what_is_cut_or_foreign_is_refused() {
        let bytes = encode(&source());
        for end in 0..bytes.len() {
            assert!(Card::read(&bytes[..end]).is_none(), "cut at {end}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(Card::read(&longer).is_none());
        let mut newer = bytes;
        newer[0] = CARD_FORM + 1;
        assert!(Card::read(&newer).is_none());
    }
}
