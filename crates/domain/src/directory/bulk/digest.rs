//! Short fingerprints of what a source said.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::regions::search_key;

/// Tells one saying from another: the first eight bytes of SHA-256 over its JSON.
pub(super) fn digest(said: &impl Serialize) -> i64 {
    // What is digested is made of texts and numbers, which JSON always has words for.
    let text = serde_json::to_vec(said).unwrap_or_default();
    let mut first = [0u8; 8];
    first.copy_from_slice(&Sha256::digest(text)[..8]);
    i64::from_be_bytes(first)
}

/// A key for a place that its source gives no name: the same organization at the same address has the same key, however
/// accents and capitals are written.
pub fn key_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(search_key(part));
        hash.update([0]);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_written_differently_is_the_same_place() {
        let key = key_of(&["Cabinet du Port", "3 quai Éric-Tabarly", "35400"]);
        assert_eq!(key, key_of(&["CABINET DU PORT", "3 QUAI ERIC TABARLY", "35400"]));
        assert_ne!(key, key_of(&["Cabinet du Port", "3 quai Éric-Tabarly 35400", ""]));
        assert_eq!(key.len(), 32);
    }
}
