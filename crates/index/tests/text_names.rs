//! Names found by the index are those that anybody would find who compares every word of everybody.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use rendez_index::text::{Names, NamesBuilder, fold};

mod text_plain;

use text_plain::{Everybody, everybody, plainly, typing, word};

fn names_of(everybody: &Everybody) -> Names {
    let mut builder = NamesBuilder::default();
    for (person, words) in everybody {
        builder.add(*person, words.iter().map(String::as_str));
    }
    builder.finish()
}

fn check(names: &Names, everybody: &Everybody, typed: &str) -> Result<(), TestCaseError> {
    let matches = names.find(typed);
    let found: Vec<(u32, u8)> = matches.iter().collect();
    let expected = plainly(everybody, &fold(typed), 20);
    prop_assert_eq!(&found, &expected, "typed {:?}", typed);
    prop_assert_eq!(matches.len(), expected.len());
    let slips: BTreeMap<u32, u8> = expected.into_iter().collect();
    for person in 0..400 {
        prop_assert_eq!(matches.slips(person), slips.get(&person).copied(), "typed {:?}", typed);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whoever_looks_at_everybody_finds_the_same(everybody in everybody(120), typings in vec(typing(), 1..12)) {
        let names = names_of(&everybody);
        for typing in typings {
            check(&names, &everybody, &typing.text(&everybody))?;
        }
    }

    #[test]
    fn names_that_change_are_found_as_they_are_now(
        before in everybody(60),
        changes in vec(vec((0..150_u32, proptest::option::of(vec(word(), 0..4))), 0..12), 1..4),
        typings in vec(typing(), 1..8),
    ) {
        let mut names = names_of(&before);
        let mut now = before;
        for changes in changes {
            let told = changes.iter().map(|(person, words)| (*person, words.as_ref().map(|words| words.join(" "))));
            names = names.with_changes(told);
            for (person, words) in changes {
                match words {
                    Some(words) => drop(now.insert(person, words)),
                    None => drop(now.remove(&person)),
                }
            }
            for typing in &typings {
                check(&names, &now, &typing.text(&now))?;
            }
        }
    }
}
