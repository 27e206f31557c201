//! Crockford's base 32 in lower case, as TypeID uses it (TypeID specification 0.3, "UUID suffix").

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The longest text that is encoded: a slot's 37 bytes.
const LONGEST: usize = 60;

/// An encoded text on the stack: lists have thousands of them.
pub(crate) struct Encoded {
    characters: [u8; LONGEST],
    length: usize,
}

impl Encoded {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters[..self.length]).unwrap_or_default()
    }
}

/// Encodes at most 37 bytes, most significant bit first. A UUID (16 bytes) becomes 26 characters because two zero bits
/// are put in front, which is what TypeID asks for; other lengths are padded in front the same way.
pub(crate) fn encode(bytes: &[u8]) -> Encoded {
    let mut encoded = Encoded { characters: [b'0'; LONGEST], length: 0 };
    // Five bytes are eight characters exactly; what is over stands in front, with the padding.
    let (head, groups) = bytes.split_at(bytes.len() % 5);
    encoded.push(head);
    for group in groups.chunks_exact(5) {
        encoded.push(group);
    }
    encoded
}

impl Encoded {
    /// Appends up to five bytes.
    fn push(&mut self, bytes: &[u8]) {
        let value = bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let count = (bytes.len() * 8).div_ceil(5);
        let Some(places) = self.characters.get_mut(self.length..self.length + count) else { return };
        for (place, at) in places.iter_mut().zip((0..count).rev()) {
            *place = ALPHABET[((value >> (5 * at)) & 31) as usize];
        }
        self.length += count;
    }
}

/// Decodes what [`encode`] wrote into `N` bytes. Anything else is `None`: a wrong length, a character that is
/// not of the alphabet, or padding bits that are not zero (so that no id has two spellings).
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bits = N * 8;
    let chars = bits.div_ceil(5);
    if text.len() != chars {
        return None;
    }
    let mut out = [0u8; N];
    let mut buffer: u32 = 0;
    let mut held = 0usize;
    let mut skip = chars * 5 - bits;
    let mut next = 0usize;
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        buffer = (buffer << 5) | u32::try_from(value).ok()?;
        held += 5;
        if skip > 0 {
            if buffer >> (5 - skip) != 0 {
                return None;
            }
            held -= skip;
            skip = 0;
        }
        if held >= 8 {
            held -= 8;
            *out.get_mut(next)? = ((buffer >> held) & 0xff) as u8;
            next += 1;
        }
        buffer &= (1 << held) - 1;
    }
    (next == N).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_the_spelling_of_the_typeid_specification() {
        let bytes = 0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881_u128.to_be_bytes();
        assert_eq!(encode(&bytes).as_str(), "01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(decode::<16>("01h2xcejqtf2nbrexx3vqjhp41"), Some(bytes));
    }

    #[test]
    fn what_is_not_an_encoding_is_refused() {
        assert_eq!(decode::<16>("81h2xcejqtf2nbrexx3vqjhp41"), None, "more than 128 bits");
        assert_eq!(decode::<16>("01h2xcejqtf2nbrexx3vqjhp4"), None, "too short");
        assert_eq!(decode::<16>("01h2xcejqtf2nbrexx3vqjhp4u"), None, "u is not in the alphabet");
        assert_eq!(decode::<16>("01H2XCEJQTF2NBREXX3VQJHP41"), None, "one spelling only");
    }

    #[test]
    fn other_lengths_come_back() {
        for seed in 0..=255u8 {
            let bytes: [u8; 37] = std::array::from_fn(|i| seed.wrapping_mul(31).wrapping_add(i as u8));
            assert_eq!(decode::<37>(encode(&bytes).as_str()), Some(bytes));
        }
    }
}
