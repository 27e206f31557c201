//! The packs that are compiled in, read as their users read them.

use jiff::civil::date;

use super::*;

fn france() -> &'static Pack {
    pack("fr".parse().expect("a region")).expect("the French pack")
}

#[test]
fn every_pack_is_complete() {
    for (source, places) in &SOURCES {
        if let Err(error) = Pack::parse(source, places) {
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
fn specialties_have_names_in_every_language() {
    let pack = france();
    assert_eq!(pack.specialties().len(), 62);
    let dentist = pack.specialty("dentistry").expect("a common one");
    assert_eq!((dentist.name("fr"), dentist.name("en")), ("Chirurgien-dentiste", "Dentist"));
    assert_eq!(dentist.name("fr-CA"), "Chirurgien-dentiste", "by its language");
    assert_eq!(dentist.name("de-AT"), "Zahnmedizin");
    assert_eq!(dentist.name("nl"), "Dentist", "English is the last resort");
    assert!(pack.specialty("alchemy").is_none());
    let weights: u32 = pack.specialties().iter().map(|specialty| specialty.weight).sum();
    assert_eq!(weights, 1000);
}

#[test]
fn lay_words_stand_beside_the_names() {
    let skin = france().specialty("dermatology").expect("a common one");
    assert!(skin.synonyms("en").iter().any(|word| word == "skin doctor"));
    assert!(skin.synonyms("fr-CA").iter().any(|word| word == "dermato"), "by their language");
    assert!(skin.synonyms("de").iter().any(|word| word == "Hautarzt"));
    assert!(skin.synonyms("nl").is_empty(), "no last resort: nobody types English in Dutch");
}

#[test]
fn registers_are_mapped() {
    let of = |fits: &dyn Fn(&Specialty) -> bool| {
        france().specialties().iter().find(|known| fits(known)).map(|known| known.code.as_str())
    };
    assert_eq!(of(&|known| known.rpps.iter().any(|code| code == "SM04")), Some("cardiology"));
    assert_eq!(of(&|known| known.rpps.iter().any(|code| code == "40")), Some("dentistry"));
    assert_eq!(of(&|known| known.nucc.iter().any(|code| code == "207N00000X")), Some("dermatology"));
    for known in france().specialties() {
        assert!(known.nucc.iter().all(|code| code.len() == 10 && code.ends_with('X')), "{known:?}");
    }
}

#[test]
fn sectors_and_languages_have_names() {
    assert_eq!(france().sectors().len(), 4);
    assert_eq!(france().sector("sector-1").map(|known| known.name("fr")), Some("Conventionné secteur 1"));
    assert!(france().sector("sector-9").is_none());
    assert_eq!(france().languages()[0].code, "fr");
    assert_eq!(france().languages()[1].name("en"), "English");
}

#[test]
fn a_pack_that_contradicts_itself_is_refused_with_a_reason() {
    let (good, places) = &SOURCES[0];
    for (from, to, reason) in [
        ("\"Europe/Paris\",", "\"Europe/Lutetia\",", "Europe/Lutetia"),
        ("code = \"dentistry\"", "code = \"general-practice\"", "twice"),
        ("code = \"dentistry\"", "code = \"Dentistry\"", "kebab-case"),
        ("fr = \"Noël\"", "nl = \"Kerstmis\"", "missing in `fr`"),
        ("date = \"12-25\"", "date = \"13-25\"", "no day"),
        ("date = \"12-25\"", "date = \"12-25\"\neaster = 1", "either"),
        ("hold_minutes = 30", "hold_minutes = 0", "bounds"),
        ("972 = \"America/Martinique\"", "972 = \"America/Lima\"", "not among the zones"),
        ("rpps = [\"SM28\"]", "rpps = [\"SM04\"]", "twice"),
        ("synonyms.fr = [\"kiné\"", "synonyms.nl = [\"fysio\"", "no synonyms in `fr`"),
        ("default_locale = \"fr\"", "default_locale = \"br\"", "default locale"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, *good, "{from} is in the pack");
        let error = Pack::parse(&bad, places).expect_err(reason).to_string();
        assert!(error.contains(reason), "{error}");
    }
}
