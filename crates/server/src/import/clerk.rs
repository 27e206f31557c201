//! From the words of a register to ours: specialties, phone numbers, towns. What it cannot make out it leaves out and counts,
//! so that no line is lost for it.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use rendez_domain::directory::bulk::{Place, Tally};
use rendez_domain::regions::{Pack, Place as Town, search_key};

use super::taken::Bad;

/// Codes of specialties are no longer.
const CODE_AT_MOST: usize = 20;
const NAME_AT_MOST: usize = 100;
const TEXT_AT_MOST: usize = 200;

/// Knows the region's words.
pub(super) struct Clerk {
    pub(super) pack: &'static Pack,
    /// Specialties by the codes of each system, and by what people call them.
    snomed: HashMap<&'static str, &'static str>,
    rpps: HashMap<&'static str, &'static str>,
    nucc: HashMap<&'static str, &'static str>,
    named: HashMap<String, &'static str>,
    /// What was left out since it was last taken.
    pub(super) notices: Tally,
}

/// Where a town is.
pub(super) struct Found {
    pub(super) position: Option<(f64, f64)>,
    pub(super) time_zone: String,
    /// Its name as its people write it.
    pub(super) name: Option<String>,
}

impl Clerk {
    pub(super) fn new(pack: &'static Pack) -> Self {
        let (mut snomed, mut rpps, mut nucc, mut named) =
            (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        for specialty in pack.specialties() {
            let code = specialty.code.as_str();
            snomed.extend(specialty.snomed.as_deref().map(|theirs| (theirs, code)));
            rpps.extend(specialty.rpps.iter().map(|theirs| (theirs.as_str(), code)));
            nucc.extend(specialty.nucc.iter().map(|theirs| (theirs.as_str(), code)));
            named.insert(search_key(code), code);
            for locale in pack.locales() {
                named.insert(search_key(specialty.name(locale)), code);
            }
        }
        // A name that is a synonym of another specialty stays the name.
        for specialty in pack.specialties() {
            for locale in pack.locales() {
                for synonym in specialty.synonyms(locale) {
                    named.entry(search_key(synonym)).or_insert(specialty.code.as_str());
                }
            }
        }
        Self { pack, snomed, rpps, nucc, named, notices: Tally::default() }
    }

    /// The specialty behind the first known of some codes of the French register.
    pub(super) fn rpps(&mut self, codes: [&str; 2]) -> Option<String> {
        let known = codes.iter().find_map(|code| self.rpps.get(code)).map(|code| (*code).to_owned());
        self.or_notice(known, codes.into_iter().find(|code| !code.is_empty()).unwrap_or_default())
    }

    /// The specialty behind the first known of some codes of the American taxonomy.
    pub(super) fn nucc(&mut self, codes: &[&str]) -> Option<String> {
        let known = codes.iter().find_map(|code| self.nucc.get(code)).map(|code| (*code).to_owned());
        self.or_notice(known, codes.first().copied().unwrap_or_default())
    }

    /// The specialty behind a code of SNOMED CT or of the American taxonomy, else behind a text.
    pub(super) fn coded(&mut self, codes: &[&str], texts: &[&str]) -> Option<String> {
        let by_code = |code: &&str| self.snomed.get(*code).or_else(|| self.nucc.get(*code)).copied();
        let by_text = |text: &&str| self.named.get(&search_key(text)).copied();
        let known = codes.iter().find_map(by_code).or_else(|| texts.iter().find_map(by_text));
        let known = known.map(str::to_owned);
        self.or_notice(known, codes.first().or(texts.first()).copied().unwrap_or_default())
    }

    fn or_notice(&mut self, known: Option<String>, asked: &str) -> Option<String> {
        if known.is_none() && !asked.is_empty() {
            // What is no code may be anything, people's names too.
            let is_code = asked.len() <= CODE_AT_MOST
                && asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
                && asked.bytes().any(|byte| byte.is_ascii_digit());
            match is_code {
                true => self.notice(&format!("specialty not known: {asked}")),
                false => self.notice("specialty not known"),
            }
        }
        known
    }

    pub(super) fn notice(&mut self, what: &str) {
        self.notices.notice(what);
    }

    /// A phone number in international form.
    pub(super) fn phone(&mut self, written: &str) -> Option<String> {
        self.or_left_out(written, self.pack.phone().international(written), "phone number not understood")
    }

    /// An address for mail.
    pub(super) fn email(&mut self, written: &str) -> Option<String> {
        let written = written.trim();
        let sound =
            written.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
                && written.len() <= 254
                && !written.contains(char::is_whitespace);
        self.or_left_out(written, sound.then(|| written.to_owned()), "e-mail address not understood")
    }

    /// The two letters of a language, from a tag such as `fr-FR`.
    pub(super) fn language(&mut self, written: &str) -> Option<String> {
        let code = written.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let sound = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        self.or_left_out(written, sound.then_some(code), "language not known")
    }

    /// A sector of the region.
    pub(super) fn sector(&mut self, written: &str) -> Option<String> {
        let known = self.pack.sector(written).map(|sector| sector.code.clone());
        self.or_left_out(written, known, "sector not known")
    }

    pub(super) fn or_left_out<T>(&mut self, written: &str, known: Option<T>, otherwise: &str) -> Option<T> {
        if known.is_none() && !written.trim().is_empty() {
            self.notice(otherwise);
        }
        known
    }

    /// A town by its official code, else by postal code and name.
    pub(super) fn town(&self, code: &str, postal_code: &str, city: &str) -> Found {
        let pack = self.pack;
        let key = plain_city(city);
        let town: Option<&Town> = pack.place_by_code(code).or_else(|| {
            let mut here = pack.places_by_postal_code(postal_code);
            let first = here.next()?;
            Some(std::iter::once(first).chain(here).find(|town| town.search_key == key).unwrap_or(first))
        });
        Found {
            position: town.map(|town| (town.latitude, town.longitude)),
            time_zone: town.map_or(pack.time_zone_name(), |town| pack.time_zone_name_at(town)).to_owned(),
            name: town.map(|town| town.name.clone()),
        }
    }

    /// A position, or a word about there being none.
    pub(super) fn or_no_position(&mut self, position: Option<(f64, f64)>) -> Option<(f64, f64)> {
        if position.is_none() {
            self.notice("no position: the town is not known");
        }
        position
    }

    /// The region's country, ISO 3166-1 alpha-2.
    pub(super) fn country(&self) -> String {
        self.pack.region().as_str().to_ascii_uppercase()
    }
}

/// A person's name, 1 to 100 characters. One in capitals only gets small letters.
pub(super) fn person_name(field: &str, written: &str) -> Result<String, Bad> {
    let name = written.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(Bad::new(field, "it is missing")),
        1..=NAME_AT_MOST => {
            // A few letters become two when they are made small.
            let small = small_letters(&name);
            Ok(if small.chars().count() <= NAME_AT_MOST { small } else { name })
        }
        _ => Err(Bad::new(field, format!("it has more than {NAME_AT_MOST} characters"))),
    }
}

/// Both names, as the name of an organization that is one person.
pub(super) fn whole_name(given: &str, family: &str) -> String {
    let [given, family] = [given, family].map(|name| small_letters(name.trim()));
    place_name([format!("{given} {family}").as_str()])
}

fn small_letters(name: &str) -> String {
    if name.chars().count() < 2 || name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut begins = true;
    name.chars()
        .flat_map(|character| {
            let first = std::mem::replace(&mut begins, !character.is_alphabetic());
            let small = character.to_lowercase().collect::<String>();
            if first { character.to_string() } else { small }.chars().collect::<Vec<_>>()
        })
        .collect()
}

/// The name of a place, never empty and at most 200 characters.
pub(super) fn place_name<'a>(candidates: impl IntoIterator<Item = &'a str>) -> String {
    let named = candidates.into_iter().map(str::trim).find(|name| !name.is_empty()).unwrap_or("—");
    shortened(named, TEXT_AT_MOST).to_owned()
}

/// A place whose texts are no longer than the directory's indexes bear.
pub(super) fn bounded(mut place: Place) -> Place {
    for text in [&mut place.line, &mut place.postal_code, &mut place.city] {
        *text = shortened(text, TEXT_AT_MOST).to_owned();
    }
    place.organization = place.organization.map(|key| shortened(&key, TEXT_AT_MOST).to_owned());
    place
}

/// The name of a zone, if there is such a zone.
pub(super) fn zone(field: &str, name: &str) -> Result<String, Bad> {
    match TimeZone::get(name) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(Bad::new(field, "there is no such time zone")),
    }
}

/// Degrees north and east.
pub(super) fn position(latitude: f64, longitude: f64) -> Result<(f64, f64), Bad> {
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(Bad::new("latitude", "it is not between -90 and 90"));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(Bad::new("longitude", "it is not between -180 and 180"));
    }
    Ok((latitude, longitude))
}

pub(super) fn shortened(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// A town's name as search compares it, without what the post adds: `ST MALO CEDEX 2` is `saint malo`.
fn plain_city(written: &str) -> String {
    let key = search_key(written);
    let words = key.split(' ').take_while(|word| *word != "cedex");
    let words = words.filter(|word| word.parse::<u32>().is_err()).map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use rendez_domain::regions::packs;

    use super::*;

    #[test]
    fn names_in_capitals_become_readable_and_others_stay() {
        for (written, name) in [
            ("LE  GOFF", "Le Goff"),
            ("JEAN-ÉRIC", "Jean-Éric"),
            ("D'ARCY", "D'Arcy"),
            ("McCoy", "McCoy"),
            ("É", "É"),
        ] {
            assert_eq!(person_name("name", written).expect("a name"), name);
        }
        assert_eq!(person_name("given_name", "  "), Err(Bad::new("given_name", "it is missing")));
        assert!(person_name("given_name", &"x".repeat(101)).is_err());
        assert_eq!(
            person_name("given_name", &"İ".repeat(100)),
            Ok("İ".repeat(100)),
            "İ has no small letter of its own"
        );
    }

    #[test]
    fn towns_are_found_by_code_or_by_postal_code_and_name() {
        let clerk = Clerk::new(&packs()[0]);
        for (code, postal_code, city) in
            [("35288", "", ""), ("", "35400", "ST MALO CEDEX 2"), ("99999", "35400", "Saint-Malo")]
        {
            assert_eq!(clerk.town(code, postal_code, city).name.as_deref(), Some("Saint-Malo"));
        }
        assert_eq!(clerk.town("97411", "97400", "").time_zone, "Indian/Reunion");
        assert_eq!(clerk.town("", "", "Atlantis").position, None);
    }

    #[test]
    fn specialties_are_found_by_the_codes_of_each_register_and_by_name() {
        let mut clerk = Clerk::new(&packs()[0]);
        let dentist = Some("dentistry".to_owned());
        assert_eq!(clerk.rpps(["", "40"]), dentist);
        assert_eq!(clerk.nucc(&["999", "122300000X"]), dentist);
        assert_eq!(clerk.coded(&["394812008"], &[]), dentist);
        assert_eq!(clerk.coded(&[], &["Chirurgien-dentiste"]), dentist);
        assert_eq!(clerk.rpps(["SM99", "98"]), None);
        assert_eq!(clerk.coded(&[], &["Dr Jeanne Petit"]), None);
        assert_eq!(clerk.coded(&["Jeanne"], &[]), None);
        assert_eq!(
            clerk.notices.notices,
            [("specialty not known".to_owned(), 2), ("specialty not known: SM99".to_owned(), 1)].into(),
            "a text is not repeated, since it may name somebody"
        );
    }
}
