//! Text as search compares it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Titles that are left out wherever they stand.
const TITLES: [&str; 9] =
    ["docteur", "docteure", "professeur", "professeure", "doctor", "professor", "prof", "mme", "mrs"];
/// Titles that are left out only in front: elsewhere they are an initial, or a name whose rest is yet to be typed.
const TITLES_IN_FRONT: [&str; 5] = ["dr", "pr", "m", "mr", "ms"];

/// Lower case, without accents; whatever is neither letter nor digit becomes one blank. `Saint-Brieuc` and `saint brieuc`
/// have the same key, and so have `Plœuc` and `ploeuc`.
pub fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let plain = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    for letter in plain {
        match letter {
            'œ' => key.push_str("oe"),
            'æ' => key.push_str("ae"),
            'ß' => key.push_str("ss"),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            _ if letter.is_alphanumeric() => key.push(letter),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// A name as search compares it: its [`key`] without titles, unless nothing else is left. `Dr. Anne-Marie Lefèvre`
/// becomes `anne marie lefevre`.
pub fn fold(name: &str) -> String {
    let key = key(name);
    let mut words: Vec<&str> = key.split(' ').collect();
    while words.len() > 1 && (TITLES_IN_FRONT.contains(&words[0]) || TITLES.contains(&words[0])) {
        words.remove(0);
    }
    // What now stands first is no title, or the only word.
    if words.len() > 1 {
        words.retain(|word| !TITLES.contains(word));
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{fold, key};

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        for (written, expected) in [
            ("Saint-Brieuc", "saint brieuc"),
            ("  L'Hermitage ", "l hermitage"),
            ("PLŒUC-L’HERMITAGE", "ploeuc l hermitage"),
            ("Île-de-Bréhat", "ile de brehat"),
            ("Łukasz Groß", "lukasz gross"),
            ("Αθήνα", "αθηνα"),
            ("--", ""),
        ] {
            assert_eq!(key(written), expected);
        }
    }

    #[test]
    fn a_name_is_searched_without_its_titles() {
        for (written, expected) in [
            ("Dr. Anne-Marie Lefèvre", "anne marie lefevre"),
            ("Mme D’Alençon", "d alencon"),
            ("M. le Docteur Roux", "le roux"),
            ("Roux, Docteur", "roux"),
            ("jean m", "jean m"),
            ("marie pr", "marie pr"),
        ] {
            assert_eq!(fold(written), expected);
        }
    }

    #[test]
    fn a_title_alone_is_kept_since_it_may_be_a_name() {
        assert_eq!(fold("Dr"), "dr");
        assert_eq!(fold("m"), "m");
        assert_eq!(fold("Mme Docteur"), "docteur");
        assert_eq!(fold(""), "");
    }
}
