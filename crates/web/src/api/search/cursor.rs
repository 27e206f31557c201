//! A place in the order of results as callers carry it: opaque, and good on every process of the region.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rendez_domain::search::Cursor;
use rendez_vocab::ids::PractitionerId;
use serde_json::Value;
use uuid::Uuid;

use crate::extract::Read;
use crate::extract::fields::wrong;

const RANKED: u8 = 1;
const NEAREST: u8 = 2;

/// The cursor as text.
pub(crate) fn write(cursor: &Cursor) -> String {
    let mut bytes = Vec::with_capacity(29);
    match cursor {
        Cursor::Ranked { reference, score, practitioner } => {
            bytes.push(RANKED);
            bytes.extend_from_slice(&reference.to_be_bytes());
            bytes.extend_from_slice(&score.to_be_bytes());
            bytes.extend_from_slice(practitioner.uuid().as_bytes());
        }
        Cursor::Nearest { metres, practitioner } => {
            bytes.push(NEAREST);
            bytes.extend_from_slice(&metres.to_be_bytes());
            bytes.extend_from_slice(practitioner.uuid().as_bytes());
        }
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`write`] wrote.
pub(crate) fn parse(text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (kind, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first_chunk::<8>()?;
    let id = |rest: &[u8]| Some(PractitionerId::from_uuid(Uuid::from_slice(rest).ok()?));
    match *kind {
        RANKED => {
            let (score, rest) = rest.split_first_chunk::<4>()?;
            let reference = i64::from_be_bytes(*first);
            Some(Cursor::Ranked { reference, score: u32::from_be_bytes(*score), practitioner: id(rest)? })
        }
        NEAREST => Some(Cursor::Nearest { metres: i64::from_be_bytes(*first), practitioner: id(rest)? }),
        _ => None,
    }
}

/// Reads a query's `cursor`.
pub(super) fn read(value: &Value) -> Read<Cursor> {
    value.as_str().and_then(parse).ok_or_else(|| {
        vec![wrong("not-a-cursor", "Send the `next_cursor` of an answer to the same request.")]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_nothing_else_is_one() {
        let practitioner = PractitionerId::from_uuid(Uuid::from_u128(0xfeed << 100));
        for cursor in [
            Cursor::Ranked { reference: 1_795_000_000, score: u32::MAX, practitioner },
            Cursor::Nearest { metres: 12_345, practitioner },
        ] {
            let text = write(&cursor);
            assert_eq!(parse(&text), Some(cursor));
            assert_eq!(parse(&text[..text.len() - 2]), None, "cut");
            assert_eq!(parse(&format!("{text}AAAA")), None, "longer");
        }
        for wrong in ["", "garbage", "!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
