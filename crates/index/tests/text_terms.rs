//! Completions are those that anybody would choose who compares every word of every text.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::*;
use rendez_index::text::{Terms, TermsBuilder, key};

mod text_plain;

use text_plain::{Everybody, everybody, plainly, typing};

/// Of every three texts two are of the same term.
fn term_of(text: u32) -> u32 {
    text / 3 * 2 + text % 3 / 2
}

/// What a text weighs: many weigh the same.
fn weight_of(text: u32) -> u32 {
    [5, 1, 5, 2, u32::MAX, 0][text as usize % 6]
}

fn terms_of(texts: &Everybody) -> Terms<u32> {
    let mut builder = TermsBuilder::default();
    for (text, words) in texts {
        builder.add(term_of(*text), &words.join("-"), weight_of(*text));
    }
    builder.finish()
}

/// What is completed, by putting all that fit in order: the term, and the slips.
fn plainly_completed(texts: &Everybody, typed: &str, limit: usize) -> Vec<(u32, u8)> {
    let typed = key(typed);
    let mut fitting: Vec<_> = plainly(texts, &typed, limit)
        .into_iter()
        .map(|(text, slips)| {
            let words = texts[&text].join(" ");
            // Same, begins so, has words that begin so; then by slips.
            let fit = (slips, words != typed, !words.starts_with(&typed));
            let fit = if slips == 0 { fit } else { (slips, true, true) };
            (fit, u32::MAX - weight_of(text), words, text)
        })
        .collect();
    fitting.sort();
    let mut seen = HashSet::new();
    let each_once = fitting.into_iter().filter(|(_, _, _, text)| seen.insert(term_of(*text)));
    each_once.map(|((slips, _, _), _, _, text)| (term_of(text), slips)).take(limit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whoever_looks_at_every_text_chooses_the_same(
        texts in everybody(120),
        typings in vec((typing(), 0..30_usize), 1..12),
    ) {
        let terms = terms_of(&texts);
        for (typing, limit) in typings {
            let typed = typing.text(&texts);
            let completed: Vec<(u32, u8)> =
                terms.complete(&typed, limit).iter().map(|found| (found.term, found.slips)).collect();
            prop_assert_eq!(completed, plainly_completed(&texts, &typed, limit), "typed {:?}", typed);
        }
    }
}
