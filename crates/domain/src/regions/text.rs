//! A sentence or a name in several locales.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The locale that every text has, and the last resort.
pub(super) const FALLBACK: &str = "en";

/// What people read, by locale. Every text of a pack stands in each of the pack's locales.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// The text for a BCP 47 locale: the locale itself, else its language (`fr` for `fr-CA`), else English.
    pub fn get(&self, locale: &str) -> &str {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        [locale, language, FALLBACK].iter().find_map(|wanted| self.0.get(*wanted)).map_or("", String::as_str)
    }

    /// Whether the text stands in a locale and says something.
    pub(super) fn has(&self, locale: &str) -> bool {
        self.0.get(locale).is_some_and(|text| !text.trim().is_empty())
    }
}
