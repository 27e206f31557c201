//! What every page keeps, whoever looks at it and with what.

use std::sync::LazyLock;

use serde_json::Value;

use crate::browser::{Browser, Scripts};
use crate::languages;

/// What is wrong with the page that is open, as sentences.
const WRONG: &str = r#"
const wrong = [];
const say = (text) => wrong.push(text);
const headings = document.querySelectorAll("h1").length;
if (headings !== 1) say(`${headings} first headings`);
if (!["en", "fr", "de"].includes(document.documentElement.lang)) say("no language");
if (!document.title.trim()) say("no title");
if (document.querySelectorAll("main").length !== 1) say("no main part, or several");
for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
  const named = [...field.labels].some((label) => label.textContent.trim()) || field.getAttribute("aria-label");
  if (!named) say(`field without a label: ${field.outerHTML}`);
}
for (const control of document.querySelectorAll("button, a[href]")) {
  const images = [...control.querySelectorAll("img")].map((image) => image.alt).join("");
  if (!(control.textContent + images).trim() && !control.getAttribute("aria-label")) say(`nameless: ${control.outerHTML}`);
}
for (const image of document.querySelectorAll("img:not([alt])")) say(`image without a text: ${image.outerHTML}`);
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) say(`id twice: ${id}`);
for (const name of ["aria-labelledby", "aria-describedby"])
  for (const element of document.querySelectorAll(`[${name}]`))
    for (const id of element.getAttribute(name).split(/\s+/))
      if (!document.getElementById(id)) say(`${name} leads nowhere: ${id}`);
for (const inline of document.querySelectorAll("[style], style, script:not([src])")) say(`inline: ${inline.outerHTML}`);
for (const entry of performance.getEntriesByType("resource"))
  if (new URL(entry.name).host !== location.host) say(`asked another host: ${entry.name}`);
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) {
  const wide = [...document.querySelectorAll("main *, header *, footer *")]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".hidden"));
  say(`${root.scrollWidth} wide in ${root.clientWidth}: ${wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))}`);
}
const small = [...document.querySelectorAll("button, .button, .slot, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea")]
  .filter((element) => element.getClientRects().length && element.getBoundingClientRect().height < 43.5);
for (const cell of document.querySelectorAll(".agenda .cell.dm15"))
  if (cell.getBoundingClientRect().height < 24) say(`less than 24 px high: ${cell.outerHTML.slice(0, 120)}`);
for (const element of small) say(`less than 44 px high: ${element.outerHTML.slice(0, 120)}`);
return wrong;
"#;

/// The rules of WCAG 2.2 AA that a program can judge, by axe-core (its documentation: deque/axe-core, API).
const AXE: &str = r#"
if (!window.axe) { SOURCE }
// The agenda's cells lie under visits and a sticky head; how high they are is judged above.
axe.configure({ rules: [{ id: "target-size", selector: ":not(.cell)" }] });
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
return axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`));
"#;

/// The script, with axe-core in it. `scripts/ensure-tools.sh test` fetches that.
static AXE_RUN: LazyLock<String> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/axe-4.10.3.min.js");
    let source =
        std::fs::read_to_string(path).expect("axe-core is there; scripts/ensure-tools.sh test fetches it");
    AXE.replace("SOURCE", &source)
});

/// Judges the page that is open: its structure, its width, what it asked for, its language, whether everybody can use it,
/// and what the console said on the way.
pub(crate) async fn judge(browser: &Browser) {
    if browser.scripts == Scripts::On {
        judge_shape(browser).await;
        let barriers = browser.run(&AXE_RUN).await;
        assert_eq!(barriers, Value::Array(Vec::new()), "{}", browser.path().await);
    }
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{}: {complaints:?}", browser.path().await);
}

/// Judges the structure, the width and the language alone.
pub(crate) async fn judge_shape(browser: &Browser) {
    for wrong in [WRONG, languages::left()] {
        let wrong = browser.run(wrong).await;
        assert_eq!(wrong, Value::Array(Vec::new()), "{}", browser.path().await);
    }
}

/// The console repeats the status of pages that say no; that, and nothing else, may stand in it.
pub(crate) async fn forgive(browser: &Browser, status: u16) {
    let status = format!("status of {status} ");
    let complaints = browser.complaints().await;
    assert!(!complaints.is_empty(), "the console tells of no answer with the {status}");
    let others: Vec<&String> = complaints.iter().filter(|complaint| !complaint.contains(&status)).collect();
    assert!(others.is_empty(), "{others:?}");
}
