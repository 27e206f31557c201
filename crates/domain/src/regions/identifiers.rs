//! Numbers that tell people apart, and their check digits. A wrong digit is found here; whether the number was ever given to
//! somebody is not known here.

use serde::Deserialize;

use super::Text;

/// A kind of number that a country gives to practitioners or patients.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Short name in kebab-case, such as `rpps`.
    pub code: String,
    /// Who has one: `practitioner` or `patient`.
    pub of: Bearer,
    /// What people call it.
    pub name: Text,
    /// How many characters it has, check digits included, spaces not.
    pub length: usize,
    /// How its check digits follow from the rest.
    pub check: CheckRule,
}

/// Who bears an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bearer {
    /// A person who gives care.
    Practitioner,
    /// A person who receives care.
    Patient,
}

/// A rule for check digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckRule {
    /// The last digit makes the Luhn sum a multiple of ten (ISO/IEC 7812-1, annex B).
    Luhn,
    /// French social security number: the last two digits are 97 minus the rest modulo 97, where the Corsican departments `2A`
    /// and `2B` count as 19 and 18.
    Nir,
}

impl Identifier {
    /// Whether a number has the right length and the right check digits. Spaces are ignored.
    pub fn is_valid(&self, written: &str) -> bool {
        let number: Vec<u8> = written.bytes().filter(|byte| *byte != b' ').collect();
        number.len() == self.length && self.check.holds(&number)
    }
}

impl CheckRule {
    /// Whether a number without spaces ends in the digits that the rule demands.
    pub fn holds(self, number: &[u8]) -> bool {
        match self {
            Self::Luhn => luhn(number),
            Self::Nir => nir(number),
        }
    }
}

fn luhn(number: &[u8]) -> bool {
    let mut sum = 0;
    for (place, byte) in number.iter().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        sum += match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        };
    }
    sum % 10 == 0
}

fn nir(number: &[u8]) -> bool {
    let (Some(body), Some(key)) = (number.get(..13), number.get(13..15)) else { return false };
    let mut body = body.to_vec();
    match &body[5..7] {
        b"2A" | b"2a" => body[5..7].copy_from_slice(b"19"),
        b"2B" | b"2b" => body[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    let value = |digits: &[u8]| {
        let all_digits = digits.iter().all(u8::is_ascii_digit);
        all_digits.then(|| digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0')))
    };
    matches!((value(&body), value(key)), (Some(body), Some(key)) if key == 97 - body % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_finds_a_wrong_digit_and_two_swapped() {
        assert!(luhn(b"79927398713"));
        assert!(!luhn(b"79927398714"));
        assert!(!luhn(b"97927398713"));
        assert!(!luhn(b"7992739871x"));
    }

    #[test]
    fn the_social_security_number_knows_corsica() {
        assert!(nir(b"255081416802538"));
        assert!(!nir(b"255081416802539"));
        // 1840119000001 and 1840118000001 modulo 97 give the keys of 2A and 2B.
        for (department, counted) in [("2A", "19"), ("2B", "18")] {
            let body: u64 = format!("18401{counted}000001").parse().expect("digits");
            let number = format!("18401{department}000001{:02}", 97 - body % 97);
            assert!(nir(number.as_bytes()), "{number}");
        }
        assert!(!nir(b"2550814168025"), "no key");
    }
}
