//! `If-Match` and `ETag`: the version of a record as an entity tag (RFC 9110 sections 8.8.3 and 13.1.1).

use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::{Problem, codes};

/// No record has this version: a tag that is not ours never matches.
const NO_VERSION: i64 = -1;

/// The version that the caller wants to change; `None` without the header or with `*`.
pub fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let several = || {
        Problem::because(
            &codes::MALFORMED_HEADER,
            "`If-Match` takes one entity tag, such as `\"3\"`, or `*`.",
        )
    };
    let text = value.to_str().map_err(|_| several())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let Some(inner) = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Err(several());
    };
    if inner.contains('"') {
        return Err(several());
    }
    // A weak tag never matches strongly, which is what If-Match asks for.
    let ours = opaque.len() == text.len();
    Ok(Some(inner.parse().ok().filter(|version| ours && *version > 0).unwrap_or(NO_VERSION)))
}

/// The entity tag of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &'static str) -> Result<Option<i64>, &'static str> {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(value))]);
        version(&headers).map_err(|problem| problem.code().name)
    }

    #[test]
    fn only_our_strong_tags_name_a_version() {
        assert_eq!(version(&HeaderMap::new()).expect("no header"), None);
        assert_eq!(read("*"), Ok(None));
        assert_eq!(read("\"3\""), Ok(Some(3)));
        assert_eq!(etag(3), "\"3\"");
        for foreign in ["W/\"3\"", "\"abc\"", "\"-4\"", "\"\""] {
            assert_eq!(read(foreign), Ok(Some(NO_VERSION)), "{foreign}");
        }
        for unread in ["3", "\"1\", \"2\"", "\""] {
            assert_eq!(read(unread), Err("malformed-header"), "{unread}");
        }
    }
}
