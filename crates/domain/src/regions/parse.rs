//! From a pack's TOML to a [`Pack`], or to the sentence that says what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rendez_vocab::RegionCode;
use serde::Deserialize;

use super::holidays::{Falls, Holiday};
use super::places::Gazetteer;
use super::text::FALLBACK;
use super::{
    Consent, Identifier, Language, Pack, PhoneForm, Policies, PostalCodeForm, Retention, Sector, Specialty,
    Text,
};

/// Why a text is no pack.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It is not the TOML that a pack is made of.
    #[error("the pack cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// It contradicts itself, or lacks something.
    #[error("the pack is wrong: {0}")]
    Wrong(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPack {
    region: RawRegion,
    phone: PhoneForm,
    postal_code: PostalCodeForm,
    identifiers: Vec<Identifier>,
    policies: Policies,
    retention: Retention,
    consents: Vec<Consent>,
    holidays: Vec<RawHoliday>,
    sectors: Vec<Sector>,
    languages: Vec<Language>,
    specialties: Vec<Specialty>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegion {
    code: String,
    number: i16,
    name: Text,
    locales: Vec<String>,
    default_locale: String,
    time_zones: Vec<String>,
    #[serde(default)]
    zone_of: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    date: Option<String>,
    easter: Option<i32>,
    name: Text,
}

impl Pack {
    /// Reads and checks a pack. Its towns are not read yet.
    pub(super) fn parse(source: &str, gazetteer: &'static LazyLock<Gazetteer>) -> Result<Self, PackError> {
        let raw: RawPack = toml::from_str(source)?;
        let pack = Self {
            region: code(&raw.region.code)?,
            number: raw.region.number,
            name: raw.region.name,
            locales: raw.region.locales,
            default_locale: raw.region.default_locale,
            time_zones: raw.region.time_zones.into_iter().map(time_zone).collect::<Result<_, _>>()?,
            zone_of: raw.region.zone_of,
            phone: raw.phone,
            postal_code: raw.postal_code,
            identifiers: raw.identifiers,
            policies: raw.policies,
            retention: raw.retention,
            consents: raw.consents,
            holidays: raw.holidays.into_iter().map(holiday).collect::<Result<_, _>>()?,
            sectors: raw.sectors,
            languages: raw.languages,
            specialties: raw.specialties,
            gazetteer,
        };
        pack.check_codes()?;
        pack.check_texts()?;
        pack.check_numbers()?;
        Ok(pack)
    }

    fn check_codes(&self) -> Result<(), PackError> {
        unique("specialty", self.specialties.iter().map(|specialty| &specialty.code))?;
        unique("identifier", self.identifiers.iter().map(|identifier| &identifier.code))?;
        unique("sector", self.sectors.iter().map(|sector| &sector.code))?;
        unique("language", self.languages.iter().map(|language| &language.code))?;
        once("RPPS code", self.specialties.iter().flat_map(|specialty| &specialty.rpps))?;
        once("NUCC code", self.specialties.iter().flat_map(|specialty| &specialty.nucc))?;
        unique("consent", self.consents.iter().map(|consent| &consent.key))?;
        demand(!self.time_zones.is_empty(), || "a region has at least one zone".into())?;
        for zone in self.zone_of.values() {
            demand(self.time_zone_names().any(|known| known == zone), || {
                format!("`{zone}` is not among the zones")
            })?;
        }
        demand(self.locales.contains(&self.default_locale), || {
            "the default locale is not among the locales".into()
        })
    }

    fn check_texts(&self) -> Result<(), PackError> {
        let mut texts: Vec<&Text> = vec![&self.name];
        texts.extend(self.identifiers.iter().map(|identifier| &identifier.name));
        texts.extend(self.consents.iter().map(|consent| &consent.text));
        texts.extend(self.holidays.iter().map(|holiday| &holiday.name));
        texts.extend(self.sectors.iter().map(|sector| &sector.name));
        texts.extend(self.languages.iter().map(|language| &language.name));
        for specialty in &self.specialties {
            texts.push(specialty.text());
            texts.extend(specialty.visit_types.iter().map(|visit_type| visit_type.text()));
        }
        for specialty in &self.specialties {
            for locale in &self.locales {
                demand(!specialty.synonyms(locale).is_empty(), || {
                    format!("`{}` has no synonyms in `{locale}`", specialty.code)
                })?;
            }
        }
        for text in texts {
            for locale in self.locales.iter().map(String::as_str).chain([FALLBACK]) {
                demand(text.has(locale), || format!("`{}` is missing in `{locale}`", text.get(FALLBACK)))?;
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), PackError> {
        let policies = &self.policies;
        let sound = (0..=525_600).contains(&policies.min_notice_minutes)
            && (1..=1440).contains(&policies.hold_minutes)
            && (1..=1095).contains(&policies.max_horizon_days)
            && (1..=20).contains(&policies.max_holds_per_patient)
            && (0..=60).contains(&policies.notice_grace_minutes);
        demand(sound, || "a policy is out of its bounds".into())?;
        demand(self.phone.is_consistent(), || "the form of phone numbers".into())?;
        for specialty in &self.specialties {
            let minutes_sound =
                specialty.visit_types.iter().all(|visit_type| (1..=1440).contains(&visit_type.minutes));
            demand(specialty.weight > 0, || format!("the weight of `{}` is zero", specialty.code))?;
            demand(!specialty.visit_types.is_empty() && minutes_sound, || {
                format!("the visit types of `{}`", specialty.code)
            })?;
        }
        Ok(())
    }
}

fn demand(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), PackError> {
    if holds { Ok(()) } else { Err(PackError::Wrong(otherwise())) }
}

fn code(text: &str) -> Result<RegionCode, PackError> {
    text.parse().map_err(|_| PackError::Wrong(format!("`{text}` is no region code")))
}

fn time_zone(name: String) -> Result<(String, TimeZone), PackError> {
    match TimeZone::get(&name) {
        Ok(zone) => Ok((name, zone)),
        Err(_) => Err(PackError::Wrong(format!("the zone `{name}` is not in the time zone database"))),
    }
}

fn holiday(raw: RawHoliday) -> Result<Holiday, PackError> {
    let falls = match (&raw.date, raw.easter) {
        (Some(date), None) => {
            // Any leap year: it has every day that a year can have.
            let date: Date = format!("2024-{date}")
                .parse()
                .map_err(|_| PackError::Wrong(format!("`{date}` is no day")))?;
            Falls::On { month: date.month(), day: date.day() }
        }
        (None, Some(days)) => Falls::AfterEaster(days),
        _ => return Err(PackError::Wrong("a holiday has either `date` or `easter`".into())),
    };
    Ok(Holiday { falls, name: raw.name })
}

fn once<'a>(what: &str, codes: impl Iterator<Item = &'a String>) -> Result<(), PackError> {
    let mut seen = BTreeSet::new();
    for code in codes {
        demand(seen.insert(code), || format!("the {what} `{code}` stands there twice"))?;
    }
    Ok(())
}

fn unique<'a>(what: &str, codes: impl Iterator<Item = &'a String>) -> Result<(), PackError> {
    let codes: Vec<&String> = codes.collect();
    for code in &codes {
        let kebab = code.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        demand(kebab, || format!("the {what} `{code}` is not in kebab-case"))?;
    }
    once(what, codes.into_iter())
}
