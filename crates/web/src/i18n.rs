//! The languages of the pages: which one a visitor reads, and every string in it.
//!
//! Invariant: a string that people read stands in `locales/<language>/*.ftl`, under the same key in each language (a
//! test compares them, and looks up each key that a template names). It knows no request and no page.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        // The isolating marks are invisible on a page but stand in attributes, file names and mails.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static EN: LanguageIdentifier = langid!("en");
static FR: LanguageIdentifier = langid!("fr");
static DE: LanguageIdentifier = langid!("de");

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// German.
    De,
}

impl Locale {
    /// All of them, in the order of the language switch.
    pub const ALL: [Self; 3] = [Self::Fr, Self::En, Self::De];

    /// The language tag (BCP 47): in `lang` attributes, in the cookie and in the region's pack.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
        }
    }

    /// The language's own name.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::De => "Deutsch",
        }
    }

    /// The language that a tag such as `fr`, `fr-CA` or `EN` asks for.
    pub fn named(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// The first of ours by weight in an `Accept-Language` header (RFC 9110 section 12.5.4); of equal weights the first.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for choice in header.split(',') {
            let mut parts = choice.split(';');
            let Some(locale) = parts.next().and_then(Self::named) else { continue };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=").map(|q| q.parse().unwrap_or(0.0)))
                .unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(_, other)| weight > other) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    /// The text of a key.
    pub fn text(self, key: &str) -> String {
        TEXTS.lookup(self.language(), key)
    }

    /// The text of a key with its arguments filled in. Numbers choose the plural.
    pub fn text_with<'a>(
        self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'static str, FluentValue<'a>)>,
    ) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        TEXTS.lookup_with_args(self.language(), key, &arguments)
    }

    /// A number with so many decimals, as it is written in the language.
    pub fn decimal(self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        match self {
            Self::En => text,
            Self::Fr | Self::De => text.replace('.', ","),
        }
    }

    fn language(self) -> &'static LanguageIdentifier {
        match self {
            Self::En => &EN,
            Self::Fr => &FR,
            Self::De => &DE,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The keys of a language's files.
    fn keys(locale: Locale) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale.tag());
        let mut keys = BTreeSet::new();
        for file in fs::read_dir(folder).expect("the language has a folder") {
            let text = fs::read_to_string(file.expect("a file").path()).expect("text");
            for line in text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            {
                let key = line.split_once(" =").expect("a key and its text").0.to_owned();
                assert!(keys.insert(key.clone()), "`{key}` stands twice");
            }
        }
        keys
    }

    /// Every literal key in `text`: what stands in quotes after `t(`, `t1(`, `t2(`, `tn(`, `text(` or `text_with(`.
    fn keys_used(text: &str) -> Vec<String> {
        ["t(\"", "t1(\"", "t2(\"", "tn(\"", "text(\"", "text_with(\""]
            .into_iter()
            .flat_map(|call| {
                text.match_indices(call)
                    .filter(|(at, _)| {
                        !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
                    })
                    .filter_map(|(at, _)| text[at + call.len()..].split('"').next())
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }

    #[test]
    fn every_language_has_every_key() {
        let english = keys(Locale::En);
        for locale in Locale::ALL {
            let known = keys(locale);
            let missing: Vec<&String> = english.symmetric_difference(&known).collect();
            assert!(missing.is_empty(), "in English or {} alone: {missing:?}", locale.own_name());
        }
    }

    #[test]
    fn every_key_that_is_used_has_a_text() {
        let known = keys(Locale::En);
        let mut sources = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        files(&root.join("templates"), &mut sources);
        files(&root.join("src/pages"), &mut sources);
        let mut used = 0;
        for path in sources {
            for key in keys_used(&fs::read_to_string(&path).expect("text")) {
                assert!(known.contains(&key), "`{key}` of {} has no text", path.display());
                used += 1;
            }
        }
        assert!(used > 50, "the search for keys finds them");
    }

    /// What stands in a template for everybody to read, outside of its tags, expressions and statements: that and what
    /// attributes say aloud.
    fn literals(template: &str) -> Vec<String> {
        let mut plain = String::new();
        let mut rest = template;
        while let Some(at) = rest.find("{") {
            let end = match rest.as_bytes().get(at + 1) {
                Some(b'{') => "}}",
                Some(b'%') => "%}",
                Some(b'#') => "#}",
                _ => break,
            };
            plain.push_str(&rest[..at]);
            plain.push('\u{1}');
            rest = rest[at..].split_once(end).map_or("", |(_, after)| after);
        }
        plain.push_str(rest);
        let mut found = Vec::new();
        let mut outside = String::new();
        for part in plain.split('<') {
            let (tag, text) = part.split_once('>').unwrap_or(("", part));
            for name in ["aria-label=\"", "placeholder=\"", "title=\"", "alt=\""] {
                found.extend(
                    tag.split(name).skip(1).filter_map(|after| after.split('"').next()).map(str::to_owned),
                );
            }
            outside.push_str(text);
            outside.push('\u{1}');
        }
        found.extend(outside.split('\u{1}').map(str::to_owned));
        found.retain(|text| text.chars().any(char::is_alphabetic) && !text.trim().starts_with("class="));
        found
    }

    #[test]
    fn every_string_stands_in_the_translations() {
        // Names, and words that are no language's.
        const OURS: [&str; 5] = ["Rendez", "· Rendez", "visit.ics", "p50", "p99"];
        assert_eq!(
            literals("<p title=\"Hello\">{{ x }} world {% if a > b %}!{% endif %}</p>"),
            ["Hello", " world "]
        );
        let mut templates = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut templates);
        for path in templates {
            for text in literals(&fs::read_to_string(&path).expect("text")) {
                assert!(
                    OURS.contains(&text.trim()),
                    "`{}` of {} is not translated",
                    text.trim(),
                    path.display()
                );
            }
        }
    }

    #[test]
    fn the_visitors_browser_chooses_the_language() {
        assert_eq!(Locale::accepted("nl-NL,nl;q=0.9,en;q=0.5,fr;q=0.7"), Some(Locale::Fr));
        assert_eq!(Locale::accepted("de-AT,de;q=0.9,en;q=0.5"), Some(Locale::De));
        assert_eq!(Locale::accepted("en-GB,fr"), Some(Locale::En));
        assert_eq!(Locale::accepted("fr;q=0, en;q=0.1"), Some(Locale::En));
        assert_eq!(Locale::accepted("nl"), None);
        assert_eq!(Locale::named("fr-CA"), Some(Locale::Fr));
    }

    #[test]
    fn numbers_choose_the_plural() {
        let count = |locale: Locale, n: i64| locale.text_with("search-total", [("count", n.into())]);
        assert_ne!(count(Locale::En, 1), count(Locale::En, 2));
        assert_ne!(count(Locale::De, 1), count(Locale::De, 2));
        assert!(count(Locale::Fr, 2).contains('2'));
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        assert_eq!(Locale::ALL.map(|locale| locale.decimal(1.25, 1)), ["1,2", "1.2", "1,2"]);
    }
}
