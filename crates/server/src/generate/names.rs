//! Names of a country: a few hundred that are common, and many thousands that are rare.

use rendez_domain::regions::SampleNames;

use crate::bulk::dice::Dice;

/// So many of a hundred have one of the common family names.
const COMMON_FAMILY: usize = 45;
/// So many of a hundred bear two family names.
const DOUBLE_FAMILY: usize = 5;
/// So many of a hundred have a given name of two parts.
const DOUBLE_GIVEN: usize = 8;

/// A given and a family name.
pub(super) fn draw(names: &SampleNames, dice: &Dice) -> (String, String) {
    let list = if dice.chance(54) { &names.female_given } else { &names.male_given };
    let mut given = dice.pick(list).clone();
    if dice.chance(DOUBLE_GIVEN) {
        given = format!("{given}-{}", dice.pick(list));
    }
    let mut family = one_family(names, dice);
    if dice.chance(DOUBLE_FAMILY) {
        family = format!("{family}-{}", one_family(names, dice));
    }
    (given, family)
}

fn one_family(names: &SampleNames, dice: &Dice) -> String {
    if dice.chance(COMMON_FAMILY) {
        // The first of the list are the most common by far.
        return names.family[(dice.unit().powi(2) * names.family.len() as f64) as usize].clone();
    }
    let (start, end) = (dice.pick(&names.family_starts), dice.pick(&names.family_ends));
    let middle = if dice.chance(70) { dice.pick(&names.family_middles).as_str() } else { "" };
    format!("{start}{middle}{end}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rendez_domain::regions::sample_names;

    use super::*;

    #[test]
    fn some_names_are_common_and_most_are_rare() {
        let dice = Dice::new(1);
        let drawn: Vec<String> = (0..20_000).map(|_| draw(sample_names(), &dice).1).collect();
        let different: HashSet<&String> = drawn.iter().collect();
        assert!((8_000..14_000).contains(&different.len()), "{}", different.len());
        let martins = drawn.iter().filter(|name| *name == "Martin").count();
        assert!(martins > 200, "{martins}");
        assert!(drawn.iter().all(|name| !name.is_empty() && name.chars().count() <= 100));
    }
}
