//! Numbers by which the registers of two countries know people, in the one form in which we keep them.

use rendez_domain::regions::CheckRule;

/// The check digit of an NPI is that of a card number which begins with these (45 CFR 162.406).
const CARD_PREFIX: &[u8] = b"80840";
/// In front of a number of the RPPS it makes the twelve digits of the national identifier (ANS, IdNat_PS).
const OF_THE_RPPS: char = '8';

/// A number of the French register, 11 digits; the 12 of the national identifier are taken too.
pub(super) fn rpps(written: &str) -> Option<String> {
    let number = plain(written)?;
    let number = match number.strip_prefix(OF_THE_RPPS) {
        Some(rest) if number.len() == 12 => rest.to_owned(),
        _ => number,
    };
    (number.len() == 11 && CheckRule::Luhn.holds(number.as_bytes())).then_some(number)
}

/// A number of the register of the United States, 10 digits.
pub(super) fn npi(written: &str) -> Option<String> {
    let number = plain(written)?;
    let sound = number.len() == 10 && CheckRule::Luhn.holds(&[CARD_PREFIX, number.as_bytes()].concat());
    sound.then_some(number)
}

/// Digits without the blanks between them; all zeros stand for no number.
fn plain(written: &str) -> Option<String> {
    let number: String = written.chars().filter(|character| !character.is_whitespace()).collect();
    (number.bytes().all(|byte| byte.is_ascii_digit()) && number.bytes().any(|byte| byte != b'0'))
        .then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_the_rpps_may_have_its_prefix_and_blanks() {
        for written in ["81000000000", "881000000000", " 8 81 00 00 00 000", "810 0000 0000"] {
            assert_eq!(rpps(written).as_deref(), Some("81000000000"), "{written}");
        }
        for wrong in ["", " ", "81000000001", "00000000000", "000000000000", "081000000000", "8100000000x"] {
            assert_eq!(rpps(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_npi_is_checked_as_its_regulation_says() {
        assert_eq!(npi("1234567893").as_deref(), Some("1234567893"), "the example of the regulation");
        assert_eq!(npi("1234 567 893").as_deref(), Some("1234567893"));
        for wrong in ["1234567894", "123456789", "", "0000000000", "12345678930"] {
            assert_eq!(npi(wrong), None, "{wrong}");
        }
    }
}
