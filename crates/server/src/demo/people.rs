//! The demo's patients, and the languages of its practitioners. None of them is anybody.

use jiff::ToSpan;
use jiff::civil::Date;
use rendez_domain::regions::SampleNames;
use rendez_platform::fault::Fault;
use rendez_vocab::ids::PatientId;

use super::world::{Calendars, Ground, Patient};
use crate::bulk::dice::Dice;
use crate::bulk::people::{email, mobile_phone, name};

/// Claire is always there: the patient whom demo visitors sign in as.
pub(super) const CLAIRE: &str = "claire@demo.example";

/// Chances in a hundred that somebody of Brittany speaks it beside French.
const LANGUAGES: [(&str, usize); 8] =
    [("en", 46), ("es", 9), ("br", 7), ("de", 6), ("ar", 6), ("pt", 4), ("it", 3), ("uk", 1)];

/// ISO 639-1 codes, French first.
pub(super) fn languages(dice: &Dice) -> Vec<&'static str> {
    let further = LANGUAGES.iter().filter(|(_, percent)| dice.chance(*percent)).map(|(code, _)| *code);
    std::iter::once("fr").chain(further).collect()
}

/// So many patients; the first is Claire.
pub(super) fn patients(
    count: usize,
    ground: &Ground,
    names: &SampleNames,
    calendars: &mut Calendars,
    dice: &Dice,
) -> Result<Vec<Patient>, Fault> {
    let mut patients = Vec::with_capacity(count);
    for number in 0..count {
        let ((given_name, family_name), email) = if number == 0 {
            (("Claire".to_owned(), "Morvan".to_owned()), CLAIRE.to_owned())
        } else {
            let (given, family) = name(names, dice);
            let email = email(&given, &family, number, "demo.example");
            ((given, family), email)
        };
        patients.push(Patient {
            id: PatientId::new(ground.midnight, dice.entropy()),
            calendar: calendars.take()?,
            given_name,
            family_name,
            birth_date: birth_date(number == 0, ground.today, dice),
            email,
            phone: mobile_phone(dice),
            locale: if dice.chance(94) { ground.pack.default_locale() } else { "en" }.to_owned(),
        });
    }
    Ok(patients)
}

/// Children and old people come more often than others, but nobody is younger than two months.
fn birth_date(adult: bool, today: Date, dice: &Dice) -> Date {
    let days = if adult { dice.between(30 * 365, 45 * 365) } else { dice.between(60, 92 * 365) };
    today.checked_sub(days.days()).unwrap_or(today)
}

/// What practitioners tell of themselves.
pub(super) fn about(locale: &str, family_name: &str) -> &'static str {
    let said = match locale {
        "fr" => [
            "Je reçois sur rendez-vous, adultes et enfants. Apportez vos ordonnances en cours et vos derniers résultats.\n\nLe cabinet est au rez-de-chaussée et accessible en fauteuil roulant.",
            "Sur rendez-vous uniquement. Prévenez-nous si vous avez du retard\u{a0}: nous ferons au mieux.\n\nParking devant le cabinet, arrêt de bus à deux minutes.",
        ],
        "de" => [
            "Termine nach Vereinbarung, für Erwachsene und Kinder. Bringen Sie bitte Ihre Medikamentenliste und die letzten Befunde mit.\n\nDie Praxis liegt im Erdgeschoss und ist barrierefrei.",
            "Nur nach Vereinbarung. Sagen Sie uns Bescheid, wenn Sie sich verspäten.\n\nParkplätze vor dem Haus, Bushaltestelle in zwei Minuten.",
        ],
        _ => [
            "By appointment, adults and children. Please bring your list of medicines and your latest results.\n\nThe practice is on the ground floor and has no steps.",
            "By appointment only. Tell us if you are late: we will do what we can.\n\nParking in front of the house, a bus stop two minutes away.",
        ],
    };
    said[family_name.chars().count() % 2]
}
