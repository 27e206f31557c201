//! The demo's people: names, addresses, languages. None of them is anybody.
//!
//! Telephone numbers are of the ranges that the French regulator keeps for films and books (decision 2018-0881,
//! section 2.5.12), mail addresses of the top-level domain that belongs to nobody (RFC 2606 section 2).

use jiff::ToSpan;
use jiff::civil::Date;
use rendez_domain::regions::{SampleNames, search_key};
use rendez_platform::fault::Fault;
use rendez_vocab::ids::PatientId;

use super::dice::Dice;
use super::world::{Calendars, Ground, Patient};

/// Claire is always there: the patient whom demo visitors sign in as.
pub(super) const CLAIRE: &str = "claire@demo.example";

/// Chances in a hundred that somebody of Brittany speaks it beside French.
const LANGUAGES: [(&str, usize); 8] =
    [("en", 46), ("es", 9), ("br", 7), ("de", 6), ("ar", 6), ("pt", 4), ("it", 3), ("uk", 1)];

/// A given and a family name.
pub(super) fn name(names: &SampleNames, dice: &Dice) -> (String, String) {
    let given = if dice.chance(54) { dice.pick(&names.female_given) } else { dice.pick(&names.male_given) };
    (given.clone(), dice.pick(&names.family).clone())
}

/// ISO 639-1 codes, French first.
pub(super) fn languages(dice: &Dice) -> Vec<&'static str> {
    let further = LANGUAGES.iter().filter(|(_, percent)| dice.chance(*percent)).map(|(code, _)| *code);
    std::iter::once("fr").chain(further).collect()
}

/// A land line of the north-west that is nobody's.
pub(super) fn office_phone(dice: &Dice) -> String {
    format!("+3326191{:04}", dice.below(10_000))
}

/// An address of nobody. `number` keeps those of the same name apart.
pub(super) fn email(given: &str, family: &str, number: usize, host: &str) -> String {
    let plain = |name: &str| search_key(name).replace(' ', "-");
    format!("{}.{}.{number}@{host}", plain(given), plain(family))
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
            phone: format!("+3363998{:04}", dice.below(10_000)),
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
