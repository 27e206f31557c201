//! The files that pages load: style sheet, script, icons. Compiled in, and named by their content.
//!
//! Invariant: the address of a file changes with its content, so a browser may keep it for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 13] = [
    Asset {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../../static/style.css"),
    },
    Asset {
        name: "live.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/live.js"),
    },
    Asset {
        name: "seek.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/seek.js"),
    },
    Asset {
        name: "results.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/results.js"),
    },
    Asset {
        name: "hold.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/hold.js"),
    },
    Asset {
        name: "copy.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/copy.js"),
    },
    Asset {
        name: "rows.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/rows.js"),
    },
    Asset {
        name: "refresh.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/refresh.js"),
    },
    Asset {
        name: "agenda.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../../static/agenda.css"),
    },
    Asset {
        name: "agenda.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/agenda.js"),
    },
    Asset {
        name: "agenda_drag.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../../static/agenda_drag.js"),
    },
    Asset { name: "icons.svg", media_type: "image/svg+xml", content: include_str!("../../static/icons.svg") },
    Asset {
        name: "favicon.svg",
        media_type: "image/svg+xml",
        content: include_str!("../../static/favicon.svg"),
    },
];

/// Twelve hexadecimal digits of each file's SHA-256, in the order of `ASSETS`.
static DIGESTS: LazyLock<[String; ASSETS.len()]> = LazyLock::new(|| {
    ASSETS.map(|asset| {
        Sha256::digest(asset.content.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    })
});

/// The address of a file: `/static/<digest>/style.css`. A name that is none of ours has no digest and is answered 404.
pub(super) fn address(name: &str) -> String {
    let digest = ASSETS.iter().position(|asset| asset.name == name).map_or("", |at| DIGESTS[at].as_str());
    format!("/static/{digest}/{name}")
}

/// A file. One asked for under an older digest is answered as it is now, and not kept.
pub(super) async fn serve(Path((digest, name)): Path<(String, String)>) -> Response {
    let Some(at) = ASSETS.iter().position(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let keep = if DIGESTS[at] == digest { "public, max-age=31536000, immutable" } else { "no-cache" };
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(ASSETS[at].media_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        ],
        ASSETS[at].content,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The colours of a part of the style sheet, by the names of its custom properties.
    fn colours(part: &str) -> HashMap<&str, f64> {
        let lines = part.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';'));
        lines
            .filter_map(|line| line.split_once(": #"))
            .filter_map(|(name, hex)| Some((name, luminance(u32::from_str_radix(hex, 16).ok()?))))
            .collect()
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from((colour >> shift) & 0xff) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    #[test]
    fn everybody_can_read_the_pages_by_day_and_by_night() {
        let style = ASSETS[0].content;
        let (light, rest) = style.split_once("prefers-color-scheme: dark").expect("both schemes");
        let (dark, _) = rest.split_once("box-sizing").expect("the end of the tokens");
        for (scheme, colours) in [("light", colours(light)), ("dark", colours(dark))] {
            // Text needs 4.5 (section 1.4.3), the edges of fields need 3 (section 1.4.11).
            for (text, ground, least) in [
                ("ink", "ground", 4.5),
                ("ink", "card", 4.5),
                ("ink-soft", "ground", 4.5),
                ("ink-soft", "card", 4.5),
                ("ink-soft", "sunk", 4.5),
                ("ink", "accent-soft", 4.5),
                ("ink", "warn-soft", 4.5),
                ("ink", "bad-soft", 4.5),
                ("accent", "card", 4.5),
                ("accent", "ground", 4.5),
                ("accent", "accent-soft", 4.5),
                ("accent", "bad-soft", 4.5),
                ("accent-strong", "accent-soft", 4.5),
                ("on-accent", "accent", 4.5),
                ("on-accent", "accent-strong", 4.5),
                ("good", "good-soft", 4.5),
                ("warn", "warn-soft", 4.5),
                ("bad", "bad-soft", 4.5),
                ("bad", "card", 4.5),
                ("line-strong", "card", 3.0),
            ] {
                let (a, b) = (colours[text], colours[ground]);
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= least, "{scheme}: {text} on {ground} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn every_rule_of_the_styles_is_closed_and_pages_are_light() {
        let size = |kind: &str| -> usize {
            ASSETS.iter().filter(|asset| asset.name.ends_with(kind)).map(|asset| asset.content.len()).sum()
        };
        for style in ASSETS.iter().filter(|asset| asset.name.ends_with(".css")) {
            let count = |what: char| style.content.matches(what).count();
            assert_eq!(count('{'), count('}'), "{}", style.name);
        }
        // Before they are compressed, and all of them together: no page loads them all.
        assert!(size(".js") < 60_000 && size("") < 100_000, "{} of {}", size(".js"), size(""));
        let page = |scripts: &[&str]| -> usize {
            ASSETS.iter().filter(|asset| scripts.contains(&asset.name)).map(|asset| asset.content.len()).sum()
        };
        assert!(page(&["live.js", "agenda.js", "agenda_drag.js"]) < 40_000, "the page with the most script");
    }

    #[test]
    fn the_script_and_the_style_ask_no_other_host() {
        for asset in &ASSETS {
            let elsewhere = asset.content.replace("http://www.w3.org/2000/svg", "");
            assert!(!elsewhere.contains("//") || asset.name.ends_with(".js"), "{}", asset.name);
            assert!(!elsewhere.contains("http"), "{}", asset.name);
        }
    }
}
