//! Names as search compares them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents; whatever is neither letter nor digit becomes one space. `Saint-Brieuc` and `saint brieuc`
/// have the same key, and so have `Plœuc` and `ploeuc`.
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for character in
        text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase)
    {
        match character {
            'œ' => key.push_str("oe"),
            'æ' => key.push_str("ae"),
            'ß' => key.push_str("ss"),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            _ if character.is_alphanumeric() => key.push(character),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
mod tests {
    use super::search_key;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        for (written, key) in [
            ("Saint-Brieuc", "saint brieuc"),
            ("  L'Hermitage ", "l hermitage"),
            ("PLŒUC-L’HERMITAGE", "ploeuc l hermitage"),
            ("Île-de-Bréhat", "ile de brehat"),
            ("Łukasz Groß", "lukasz gross"),
            ("--", ""),
        ] {
            assert_eq!(search_key(written), key);
        }
    }
}
