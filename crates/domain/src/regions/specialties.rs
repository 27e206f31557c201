//! What practitioners are trained in, what people call that, and what registers call it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Text;

/// What a practitioner is trained in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specialty {
    /// Short name in kebab-case: what stands in URLs and in the database.
    pub code: String,
    name: Text,
    /// Its SNOMED CT code, as FHIR's practice codes use it.
    pub snomed: Option<String>,
    /// What the French register of professionals says for it: specialties (`SM04`), or professions that have none (`40`).
    #[serde(default)]
    pub rpps: Vec<String>,
    /// What the provider taxonomy of the United States says for it, such as `207RC0000X`.
    #[serde(default)]
    pub nucc: Vec<String>,
    pub(super) synonyms: BTreeMap<String, Vec<String>>,
    /// How common it is: so many among about a thousand practitioners.
    pub weight: u32,
    /// What a new practice is offered to start from; never empty.
    pub visit_types: Vec<VisitTypeTemplate>,
}

impl Specialty {
    /// What people call somebody of this specialty.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }

    /// What else people type who look for it, complaints among them: in a locale, else in its language, else none.
    pub fn synonyms(&self, locale: &str) -> &[String] {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        [locale, language].iter().find_map(|wanted| self.synonyms.get(*wanted)).map_or(&[], Vec::as_slice)
    }

    /// The name in all locales.
    pub(super) fn text(&self) -> &Text {
        &self.name
    }
}

/// A visit type that practices of a specialty usually have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitTypeTemplate {
    name: Text,
    /// How long the visit lasts.
    pub minutes: i32,
    /// Whether it is made at a distance.
    #[serde(default)]
    pub telehealth: bool,
}

impl VisitTypeTemplate {
    /// What people call it.
    pub fn name(&self, locale: &str) -> &str {
        self.name.get(locale)
    }

    /// The name in all locales.
    pub(super) fn text(&self) -> &Text {
        &self.name
    }
}
