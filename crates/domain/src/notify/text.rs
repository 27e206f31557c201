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
    pub(super) fn say(&self, key: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        MAILS.lookup_with_args(&self.0, key, &arguments)
    }

    /// A date as people write it, such as `Wednesday 30 December 2026`.
    pub(super) fn date(&self, at: DateTime) -> String {
        let weekday = self.say(&format!("weekday-{}", at.weekday().to_monday_one_offset()), &[]);
        let month = self.say(&format!("month-{}", at.month()), &[]);
        self.say(
            "date-form",
            &[
                ("weekday", weekday.into()),
                ("day", at.day().into()),
                ("month", month.into()),
                ("year", at.year().into()),
            ],
        )
    }

    /// A time of day, such as `09:05`.
    pub(super) fn time(&self, at: DateTime) -> String {
        let two_digits = |number: i8| format!("{number:02}").into();
        self.say("time-form", &[("hour", two_digits(at.hour())), ("minute", two_digits(at.minute()))])
    }

    /// What follows a time in another zone than the region's own, `usual`: ` (Reunion time)` in `Indian/Reunion`.
    pub(super) fn zone(&self, zone: &str, usual: &str) -> String {
        if zone == usual {
            return String::new();
        }
        let town = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        format!(" ({})", self.say("zone-form", &[("zone", town.into())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_read_as_people_write_them() {
        let at = jiff::civil::date(2026, 12, 30).at(9, 5, 0, 0);
        assert_eq!(Words::of("fr-FR").date(at), "mercredi 30 décembre 2026");
        assert_eq!(Words::of("fr").time(at), "09:05");
        assert_eq!(Words::of("de_AT").date(at), "Mittwoch, 30. Dezember 2026");
        assert_eq!(Words::of("de").time(at), "09:05 Uhr");
        assert_eq!(Words::of("nl").date(at), "Wednesday 30 December 2026", "English is the last resort");
        let new_year = jiff::civil::date(2027, 1, 1).at(0, 0, 0, 0);
        assert_eq!(Words::of("fr").date(new_year), "vendredi 1er janvier 2027");
    }

    #[test]
    fn a_zone_is_named_only_where_it_is_not_the_usual_one() {
        let zone = |locale: &str, zone: &str| Words::of(locale).zone(zone, "Europe/Paris");
        assert_eq!(zone("en", "Europe/Paris"), "");
        assert_eq!(zone("en", "America/New_York"), " (New York time)");
        assert_eq!(zone("fr", "Indian/Reunion"), " (heure de Reunion)");
        assert_eq!(zone("de", "Indian/Reunion"), " (Ortszeit von Reunion)");
    }

    #[test]
    fn every_language_has_every_key() {
        let keys = |locale: &str| -> Vec<String> {
            let path = format!("{}/locales/{locale}/mail.ftl", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).expect("the language has a file");
            let lines =
                text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
            lines.map(|line| line.split_once(" =").expect("a key and its text").0.to_owned()).collect()
        };
        for locale in MAILS.locales() {
            assert_eq!(keys(locale.language.as_str()), keys("en"), "{locale}");
        }
    }
}
