//! Names for invented people: the demo's practitioners and patients.

use std::sync::LazyLock;

use serde::Deserialize;

/// Plausible names. None belongs to anybody in particular.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleNames {
    /// Given names of women.
    pub female_given: Vec<String>,
    /// Given names of men.
    pub male_given: Vec<String>,
    /// Family names.
    pub family: Vec<String>,
    /// First parts of further family names.
    pub family_starts: Vec<String>,
    /// Middle parts of further family names.
    pub family_middles: Vec<String>,
    /// Last parts of further family names.
    pub family_ends: Vec<String>,
    /// Streets, without a house number.
    pub streets: Vec<String>,
    /// What a practice is called; `{town}` and `{family}` are filled in.
    pub practices: Vec<String>,
}

static NAMES: LazyLock<SampleNames> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../packs/fr/names.toml")).expect("tests read the sample names")
});

/// The sample names of the French pack.
pub fn sample_names() -> &'static SampleNames {
    &NAMES
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_enough_names_and_none_twice() {
        let names = sample_names();
        for (list, least) in [
            (&names.female_given, 60),
            (&names.male_given, 60),
            (&names.family, 200),
            (&names.family_starts, 60),
            (&names.family_middles, 10),
            (&names.family_ends, 60),
            (&names.streets, 60),
            (&names.practices, 5),
        ] {
            assert!(list.len() >= least, "{} of {least}", list.len());
            let different: HashSet<_> = list.iter().collect();
            assert_eq!(different.len(), list.len());
            assert!(list.iter().all(|name| !name.is_empty() && name.trim() == name));
        }
    }
}
