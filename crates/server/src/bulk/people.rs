//! Names and addresses of invented people. None of them is anybody.
//!
//! Telephone numbers are of the ranges that the French regulator keeps for films and books (decision 2018-0881,
//! section 2.5.12), mail addresses of the top-level domain that belongs to nobody (RFC 2606 section 2).

use rendez_domain::regions::{SampleNames, search_key};

use super::dice::Dice;

/// A given and a family name.
pub(crate) fn name(names: &SampleNames, dice: &Dice) -> (String, String) {
    let given = if dice.chance(54) { dice.pick(&names.female_given) } else { dice.pick(&names.male_given) };
    (given.clone(), dice.pick(&names.family).clone())
}

/// A land line of the north-west that is nobody's.
pub(crate) fn office_phone(dice: &Dice) -> String {
    format!("+3326191{:04}", dice.below(10_000))
}

/// An address of nobody. `number` keeps those of the same name apart.
pub(crate) fn email(given: &str, family: &str, number: usize, host: &str) -> String {
    let plain = |name: &str| search_key(name).replace(' ', "-");
    format!("{}.{}.{number}@{host}", plain(given), plain(family))
}

/// A mobile number that is nobody's.
pub(crate) fn mobile_phone(dice: &Dice) -> String {
    format!("+3363998{:04}", dice.below(10_000))
}
