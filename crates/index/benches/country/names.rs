//! What people are called: a few given names that many bear, and family names that few do.

use super::dice::{Dice, mixed};

/// How many family names there are; with the given names about 93,000 distinct words among half a million people.
const FAMILY_NAMES: u64 = 97_000;
/// Given names beyond the usual ones.
const RARE_GIVEN_NAMES: u64 = 3000;

const USUAL: [&str; 60] = [
    "Marie",
    "Jean",
    "Pierre",
    "Michel",
    "Nathalie",
    "Isabelle",
    "Philippe",
    "Catherine",
    "Alain",
    "Sylvie",
    "Patrick",
    "Nicolas",
    "Anne",
    "Christophe",
    "Sophie",
    "Laurent",
    "Frédéric",
    "Céline",
    "Julien",
    "Sandrine",
    "Hélène",
    "François",
    "Stéphane",
    "Véronique",
    "Éric",
    "Olivier",
    "Aurélie",
    "Émilie",
    "Thomas",
    "Sébastien",
    "Julie",
    "Camille",
    "Claire",
    "Valérie",
    "Mathieu",
    "Guillaume",
    "Alexandre",
    "Antoine",
    "Caroline",
    "Élodie",
    "Vincent",
    "Benoît",
    "Jérôme",
    "Delphine",
    "Mélanie",
    "Florence",
    "Bruno",
    "Thérèse",
    "Pauline",
    "Raphaël",
    "Agnès",
    "Xavier",
    "Mohamed",
    "Fatima",
    "Léa",
    "Zoé",
    "Noémie",
    "Joëlle",
    "Gaëlle",
    "Maëlle",
];

const BEGINNINGS: [&str; 40] = [
    "ba", "be", "bon", "bou", "bre", "ca", "cha", "che", "clé", "co", "cour", "da", "del", "du", "fa", "fer",
    "fon", "ga", "gi", "gran", "gué", "ha", "jou", "la", "le", "mal", "mar", "mon", "mor", "pa", "per", "pé",
    "pre", "ro", "rou", "sau", "ta", "ver", "vi", "vau",
];
const MIDDLES: [&str; 44] = [
    "", "", "", "", "", "", "ba", "bi", "cha", "che", "da", "de", "di", "fa", "fi", "ga", "go", "la", "le",
    "li", "lo", "lle", "ma", "me", "mi", "na", "ne", "ni", "pa", "pi", "que", "ra", "re", "ri", "ron", "sa",
    "si", "ta", "té", "ti", "va", "ve", "vi", "zan",
];
const ENDS: [&str; 56] = [
    "and", "ard", "aud", "ault", "as", "at", "ain", "ais", "al", "ant", "bert", "bois", "cier", "deau",
    "din", "dot", "eau", "el", "elle", "en", "er", "et", "ette", "eux", "ez", "gnon", "guet", "ier", "illon",
    "in", "ion", "is", "lain", "let", "lier", "lin", "lon", "mann", "mier", "net", "nier", "not", "oche",
    "oin", "on", "ot", "oux", "quet", "rand", "reau", "rier", "rot", "sel", "son", "tier", "ville",
];

/// How somebody writes their name, with accents.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) given: String,
    pub(crate) family: String,
}

impl Name {
    /// As the index wants it.
    pub(crate) fn folded(&self) -> String {
        format!("{} {}", rendez_index::text::fold(&self.given), rendez_index::text::fold(&self.family))
    }
}

/// What people are called in one country.
pub(crate) struct Names {
    seed: u64,
}

impl Names {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A name: one in seven people shares their given name with a twentieth of the country.
    pub(crate) fn of_somebody(&self, dice: &mut Dice) -> Name {
        let given = match dice.below(100) {
            0..=74 => USUAL[((dice.part() * dice.part()) * USUAL.len() as f64) as usize].to_owned(),
            _ => self.word(dice.below(RARE_GIVEN_NAMES) | 1 << 40),
        };
        // Some family names have thousands of bearers, most a few.
        let family = self.word((dice.part().powf(1.7) * FAMILY_NAMES as f64) as u64);
        Name { given, family }
    }

    /// The word of a number.
    fn word(&self, no: u64) -> String {
        let dice = &mut Dice::new(mixed(self.seed) ^ mixed(no));
        let mut word =
            [dice.pick(&BEGINNINGS), dice.pick(&MIDDLES), dice.pick(&MIDDLES), dice.pick(&ENDS)].concat();
        if let Some(first) = word.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        word
    }
}
