//! The packs that are compiled in, read as their users read them.

use jiff::civil::date;

use super::*;

fn france() -> &'static Pack {
    pack("fr".parse().expect("a region")).expect("the French pack")
}

#[test]
fn every_pack_is_complete() {
    for source in SOURCES {
        if let Err(error) = Pack::parse(source) {
            panic!("{error}");
        }
    }
    assert!(pack("zz".parse().expect("a region")).is_none());
}

#[test]
fn france_has_its_zone_its_locales_and_its_rules() {
    let pack = france();
    assert_eq!(
        (pack.name("fr"), pack.time_zone_name(), pack.default_locale()),
        ("France", "Europe/Paris", "fr")
    );
    assert_eq!(pack.time_zone().iana_name(), Some("Europe/Paris"));
    assert_eq!(
        *pack.policies(),
        Policies {
            min_notice_minutes: 1440,
            hold_minutes: 30,
            max_horizon_days: 365,
            max_holds_per_patient: 3,
            notice_grace_minutes: 5
        }
    );
    assert!(pack.postal_code().fits("35000"));
    assert_eq!(pack.phone().international("02 99 12 34 56").as_deref(), Some("+33299123456"));
    let nir = pack
        .identifiers()
        .iter()
        .find(|identifier| identifier.code == "nir")
        .expect("the number of patients");
    assert!(nir.is_valid("2 55 08 14 168 025 38"));
    assert!(!nir.is_valid("2 55 08 14 168 025 83"));
}

#[test]
fn a_year_has_eleven_public_holidays() {
    let holidays = france().holidays(2026..=2026);
    let dates: Vec<_> = holidays.iter().map(|(date, _)| *date).collect();
    let expected =
        [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    assert_eq!(dates, expected.map(|(month, day)| date(2026, month, day)));
    assert_eq!(holidays[1].1.get("fr"), "Lundi de Pâques");
    // Ascension and Victory Day share a day in 2024: both are named.
    assert_eq!(france().holidays(2024..=2025).len(), 22);
}

#[test]
fn there_are_forty_specialties_with_names_in_both_languages() {
    let pack = france();
    assert_eq!(pack.specialties().len(), 40);
    let dentist = pack.specialty("dentistry").expect("a common one");
    assert_eq!((dentist.name("fr"), dentist.name("en")), ("Chirurgien-dentiste", "Dentist"));
    assert_eq!(dentist.name("fr-CA"), "Chirurgien-dentiste", "by its language");
    assert_eq!(dentist.name("de"), "Dentist", "English is the last resort");
    assert!(pack.specialty("alchemy").is_none());
}

#[test]
fn a_pack_that_contradicts_itself_is_refused_with_a_reason() {
    let good = SOURCES[0];
    for (from, to, reason) in [
        ("\"Europe/Paris\",", "\"Europe/Lutetia\",", "Europe/Lutetia"),
        ("code = \"dentistry\"", "code = \"general-practice\"", "twice"),
        ("code = \"dentistry\"", "code = \"Dentistry\"", "kebab-case"),
        ("fr = \"Noël\"", "de = \"Weihnachten\"", "missing in `fr`"),
        ("date = \"12-25\"", "date = \"13-25\"", "no day"),
        ("date = \"12-25\"", "date = \"12-25\"\neaster = 1", "either"),
        ("hold_minutes = 30", "hold_minutes = 0", "bounds"),
        ("default_locale = \"fr\"", "default_locale = \"br\"", "default locale"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from} is in the pack");
        let error = Pack::parse(&bad).expect_err(reason).to_string();
        assert!(error.contains(reason), "{error}");
    }
}
