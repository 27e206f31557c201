//! How a country writes phone numbers and postal codes.

use serde::Deserialize;

/// The form of a country's phone numbers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneForm {
    country_prefix: String,
    trunk_prefix: String,
    national_digits: usize,
}

impl PhoneForm {
    /// The number in international form without spaces (E.164), such as `+33299123456`. A number written as inside the
    /// country gets the country's prefix; a foreign one (`+` or `00` in front) is kept if E.164 allows its length. `None`
    /// when it is no phone number.
    pub fn international(&self, written: &str) -> Option<String> {
        let written = written.trim().replace("(0)", "");
        let abroad = written.starts_with('+') || written.starts_with("00");
        let allowed = |(place, character)| match character {
            '+' => place == 0,
            other => matches!(other, '0'..='9' | ' ' | '.' | '-' | '/' | '(' | ')'),
        };
        if !written.chars().enumerate().all(allowed) {
            return None;
        }
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        if !abroad {
            let national = digits.strip_prefix(self.trunk_prefix.as_str())?;
            return (national.len() == self.national_digits)
                .then(|| format!("{}{national}", self.country_prefix));
        }
        let number = if written.starts_with('+') { digits.as_str() } else { &digits[2..] };
        match number.strip_prefix(self.country_prefix.trim_start_matches('+')) {
            Some(national) if national.len() != self.national_digits => None,
            _ => (8..=15).contains(&number.len()).then(|| format!("+{number}")),
        }
    }

    pub(super) fn is_consistent(&self) -> bool {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        self.country_prefix.strip_prefix('+').is_some_and(|prefix| !prefix.is_empty() && digits(prefix))
            && digits(&self.trunk_prefix)
            && (4..=14).contains(&self.national_digits)
    }
}

/// The form of a country's postal codes: `9` stands for a digit, `A` for a letter, everything else for itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostalCodeForm {
    form: String,
}

impl PostalCodeForm {
    /// Whether a postal code has the country's form. It says nothing on whether the place exists.
    pub fn fits(&self, code: &str) -> bool {
        code.len() == self.form.len()
            && code.bytes().zip(self.form.bytes()).all(|(byte, form)| match form {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                other => byte == other,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_phone_numbers_become_international() {
        let form = PhoneForm { country_prefix: "+33".into(), trunk_prefix: "0".into(), national_digits: 9 };
        for written in [
            "02 99 12 34 56",
            "02.99.12.34.56",
            "+33 2 99 12 34 56",
            "0033 2 99 12 34 56",
            "+33 (0)2 99 12 34 56",
        ] {
            assert_eq!(form.international(written).as_deref(), Some("+33299123456"), "{written}");
        }
        assert_eq!(form.international("+49 30 1234567").as_deref(), Some("+49301234567"), "a foreign number");
        for wrong in [
            "",
            "+",
            "12",
            "02 99 12 34",
            "+33 2 99 12 34",
            "02 99 12 34 5x",
            "2 99 12 34 56",
            "x299123456",
            "02+99123456",
        ] {
            assert_eq!(form.international(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn postal_codes_have_a_form() {
        let france = PostalCodeForm { form: "99999".into() };
        assert!(france.fits("35000"));
        assert!(
            !france.fits("3500") && !france.fits("35000 ") && !france.fits("35O00") && !france.fits("३५०००")
        );
        let netherlands = PostalCodeForm { form: "9999 AA".into() };
        assert!(netherlands.fits("1017 AB") && !netherlands.fits("1017AB"));
    }
}
