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

const ASSETS: [Asset; 4] = [
    Asset { name: "style.css", media_type: "text/css; charset=utf-8", content: include_str!("../../static/style.css") },
    Asset { name: "live.js", media_type: "text/javascript; charset=utf-8", content: include_str!("../../static/live.js") },
    Asset { name: "icons.svg", media_type: "image/svg+xml", content: include_str!("../../static/icons.svg") },
    Asset { name: "favicon.svg", media_type: "image/svg+xml", content: include_str!("../../static/favicon.svg") },
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
