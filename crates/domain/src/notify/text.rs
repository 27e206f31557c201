//! Mail texts in the languages of the locales folder.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use jiff::civil::DateTime;

static_loader! {
    static MAILS = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would show up in subjects and plain text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");

/// The words of one language.
pub(super) struct Words(LanguageIdentifier);

impl Words {
    /// The words for a locale such as `fr` or `fr-FR`; English for others.
    pub(super) fn of(locale: &str) -> Self {
        let wanted = locale.split(['-', '_']).next().unwrap_or_default();
        let known = MAILS.locales().find(|known| known.language.as_str() == wanted);
        Self(known.cloned().unwrap_or(ENGLISH))
    }

    /// A text with its arguments.
    pub(super) fn say(&self, key: &str, arguments: &[(&'static str, String)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = arguments
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.as_str())))
            .collect();
        MAILS.lookup_with_args(&self.0, key, &arguments)
    }

    /// A date as people write it, such as `Wednesday, 30 December 2026`.
    pub(super) fn date(&self, at: DateTime) -> String {
        let weekday = self.say(&format!("weekday-{}", at.weekday().to_monday_one_offset()), &[]);
        let month = self.say(&format!("month-{}", at.month()), &[]);
        self.say(
            "date-form",
            &[
                ("weekday", weekday),
                ("day", at.day().to_string()),
                ("month", month),
                ("year", at.year().to_string()),
            ],
        )
    }

    /// A time of day, such as `10:00`.
    pub(super) fn time(&self, at: DateTime) -> String {
        self.say("time-form", &[("hour", at.hour().to_string()), ("minute", format!("{:02}", at.minute()))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_read_as_people_write_them() {
        let at = jiff::civil::date(2026, 12, 30).at(9, 5, 0, 0);
        assert_eq!(Words::of("fr-FR").date(at), "mercredi 30 décembre 2026");
        assert_eq!(Words::of("fr").time(at), "9 h 05");
        assert_eq!(Words::of("de").date(at), "Wednesday, 30 December 2026");
    }
}
