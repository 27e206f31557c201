//! Which specialties somebody may mean by what they typed: prefixes of words, and one or two slips of the finger.

use crate::regions::{Pack, Specialty, search_key};

/// The specialties whose name, in any of the pack's locales, has a word for each word typed.
pub fn specialties_like<'p>(pack: &'p Pack, typed: &str) -> Vec<&'p Specialty> {
    let typed = search_key(typed);
    if typed.is_empty() {
        return Vec::new();
    }
    let matching = |close: fn(&str, &str) -> bool| -> Vec<&'p Specialty> {
        let named = |specialty: &&Specialty| {
            pack.locales().iter().any(|locale| {
                let name = search_key(specialty.name(locale));
                typed.split(' ').all(|wanted| name.split(' ').any(|word| close(wanted, word)))
            })
        };
        pack.specialties().iter().filter(named).collect()
    };
    let exact = matching(|wanted, word| word.starts_with(wanted));
    if exact.is_empty() { matching(nearly) } else { exact }
}

/// Whether a word begins nearly as typed: one slip in words of 4 letters and more, two from 8 letters on.
fn nearly(wanted: &str, word: &str) -> bool {
    let length = wanted.chars().count();
    let slips = match length {
        0..=3 => return word.starts_with(wanted),
        4..=7 => 1,
        _ => 2,
    };
    // What was typed may be longer or shorter than the prefix it means, by as many letters as there are slips.
    (length.saturating_sub(slips)..=length + slips)
        .any(|end| distance(wanted, &word.chars().take(end).collect::<String>()) <= slips)
}

/// How many letters must be changed, added or left out (Levenshtein 1965).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_forgiven() {
        assert!(nearly("cardioloque", "cardiologue"));
        assert!(nearly("dermatlogue", "dermatologue"));
        assert!(nearly("dentsite", "dentiste") || distance("dentsite", "dentiste") == 2);
        assert!(!nearly("cardio", "dermatologue"));
        assert!(!nearly("abc", "xbc"), "short words must be right");
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
