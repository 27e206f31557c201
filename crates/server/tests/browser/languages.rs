//! Whether a page speaks one language: the one that it says it is in.
//!
//! What people wrote themselves may be in any. What counts are the catalogues: a text that stands in another language's
//! catalogue and not in the page's own is a leftover, and so are the names of another language's days and months.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

/// The languages that pages come in.
pub(crate) const LANGUAGES: [&str; 3] = ["en", "fr", "de"];
/// Shorter texts mean something in several languages.
const SHORTEST: usize = 4;
/// What practices of the demo call their visit types: a text of theirs, in the language of the place.
const OF_PRACTICES: [&str; 1] = ["Téléconsultation"];
/// Words that no French and no German sentence has.
const ENGLISH: [&str; 12] =
    ["the", "and", "with", "your", "you", "from", "this", "that", "have", "of", "for", "been"];

/// What is left of other languages on the page that is open, as sentences.
const LEFT: &str = r#"
const { keys, texts, words } = CATALOGUE;
const own = document.documentElement.lang;
const foreign = new Set(texts[own]);
const known = new Set(keys);
const strange = new RegExp(`(?<![\\p{L}\\p{N}-])(${words[own].join("|")})(?![\\p{L}\\p{N}-])`, "u");
const left = new Set();
const look = (text) => {
  const plain = text.replace(/\s+/g, " ").trim();
  if (foreign.has(plain)) left.add(`from another language: ${plain}`);
  const word = plain.match(strange);
  if (word) left.add(`${word[1]}: ${plain.slice(0, 120)}`);
  if (plain.includes("Unknown localization")) left.add(plain);
  for (const [token] of plain.matchAll(/(?<![\p{L}\p{N}./_-])[a-z]+(-[a-z0-9]+)+(?![\p{L}\p{N}./_-])/gu)) if (known.has(token)) left.add(`a key: ${token}`);
};
look(document.title);
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  if (element.closest("[lang]") !== document.documentElement || element.closest("script, style, pre, code")) continue;
  if (node.nodeType === Node.TEXT_NODE) look(node.data);
  else for (const name of ["aria-label", "title", "placeholder", "alt", "data-undo", "data-failed", "data-offline"]) look(element.getAttribute(name) ?? "");
}
return [...left];
"#;

/// The script, with the catalogues in it.
static LEFT_RUN: LazyLock<String> =
    LazyLock::new(|| LEFT.replace("CATALOGUE", &catalogues(&LANGUAGES.map(texts_of)).to_string()));

/// The script that tells what is left of other languages.
pub(crate) fn left() -> &'static str {
    &LEFT_RUN
}

/// The same page in a language.
pub(crate) fn in_language(path: &str, language: &str) -> String {
    format!("{path}{}lang={language}", if path.contains('?') { '&' } else { '?' })
}

/// The texts of a language by their keys, without those that numbers or names are filled into.
fn texts_of(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/locales").join(language);
    let files = fs::read_dir(folder).expect("the language has a folder");
    let files = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text"));
    let all: String = files.collect();
    all.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.to_owned(), text.trim().to_owned()))
        .collect()
}

/// What the script needs to know of all languages, and for each of what is not its own.
fn catalogues(all: &[BTreeMap<String, String>; 3]) -> Value {
    let keys: BTreeSet<&String> = all[0].keys().filter(|key| key.contains('-')).collect();
    let of = |own: usize, wanted: &dyn Fn(&str, &str) -> bool| -> BTreeSet<String> {
        let others = all.iter().enumerate().filter(|(at, _)| *at != own).flat_map(|(_, texts)| texts);
        let others = others.filter(|(key, text)| wanted(key, text)).map(|(_, text)| text.clone());
        let is_foreign = |text: &String| {
            !all[own].values().any(|known| known == text) && !OF_PRACTICES.contains(&text.as_str())
        };
        others.filter(is_foreign).collect()
    };
    let is_text = |_: &str, text: &str| text.chars().count() >= SHORTEST && !text.contains('{');
    let is_date = |key: &str, text: &str| {
        let is_name = key.starts_with("weekday-") || key.starts_with("month-");
        is_name && text.chars().count() >= SHORTEST && text.chars().all(char::is_alphabetic)
    };
    let (mut texts, mut words) = (json!({}), json!({}));
    for (own, language) in LANGUAGES.into_iter().enumerate() {
        texts[language] = json!(of(own, &is_text));
        let mut strange = of(own, &is_date);
        if language != "en" {
            strange.extend(ENGLISH.map(str::to_owned));
        }
        words[language] = json!(strange);
    }
    json!({"keys": keys, "texts": texts, "words": words})
}
