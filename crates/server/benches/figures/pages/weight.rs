//! What the first visit of a page costs a phone: bytes, requests, and time until it can be used on a slow processor.

use anyhow::{Context, Result};
use serde_json::json;

use super::Page;
use super::browser::Browser;
use crate::report::Report;
use crate::stage::Stage;

const TIMES: usize = 5;
/// How many times slower than this machine the processor is made.
const SLOWER: u32 = 4;
const PAGE_BAR_KB: f64 = 100.0;
const SCRIPT_BAR_KB: f64 = 40.0;

/// What the page says of its own loading: bytes over the wire, bytes of scripts, requests, and milliseconds until its
/// scripts have run and it takes what the visitor does.
const MEASURED: &str = r#"
const [page] = performance.getEntriesByType("navigation");
const parts = performance.getEntriesByType("resource").filter((part) => !part.name.includes("/v1/"));
const sum = (entries) => entries.reduce((bytes, entry) => bytes + entry.transferSize, 0);
const scripts = parts.filter((part) => part.name.endsWith(".js"));
return [sum([page, ...parts]), sum(scripts), 1 + parts.length, page.domContentLoadedEventEnd];
"#;

pub(super) async fn measure(report: &mut Report, stage: &Stage, pages: &[Page]) -> Result<()> {
    let browser = Browser::open(stage.address()).await?;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.setCacheDisabled", json!({"cacheDisabled": true})).await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({"rate": SLOWER})).await?;
    let (mut heaviest, mut most_script) = (0.0_f64, 0.0_f64);
    for page in pages {
        let cookie =
            json!({"name": "session", "value": page.session, "url": format!("http://{}", stage.address())});
        browser.devtools("Network.clearBrowserCookies", json!({})).await?;
        if !page.session.is_empty() {
            browser.devtools("Network.setCookie", cookie).await?;
        }
        let mut usable = Vec::new();
        let (mut bytes, mut scripts, mut requests) = (0.0, 0.0, 0.0);
        for _ in 0..TIMES {
            browser.go(&page.path).await?;
            let measured = browser.run(MEASURED).await?;
            let number = |at: usize| measured[at].as_f64().context("the page does not tell");
            (bytes, scripts, requests) = (number(0)? / 1e3, number(1)? / 1e3, number(2)?);
            usable.push(number(3)?);
        }
        usable.sort_by(f64::total_cmp);
        (heaviest, most_script) = (heaviest.max(bytes), most_script.max(scripts));
        report.line(format!(
            "{:<16} {bytes:>6.1} kB, scripts {scripts:>4.1} kB, {requests} requests; usable after {:.0} ms on a processor {SLOWER} times slower",
            page.name,
            usable[TIMES / 2]
        ));
    }
    report
        .aim(heaviest < PAGE_BAR_KB, format!("the heaviest page {heaviest:.1} kB (under {PAGE_BAR_KB} kB)"));
    report.aim(
        most_script < SCRIPT_BAR_KB,
        format!("the most script of a page {most_script:.1} kB (under {SCRIPT_BAR_KB} kB)"),
    );
    browser.close().await
}
