//! What patients ask: `research/search.md`, "Workload".

use rendez_index::{Circle, Hours, Moment, Query, Span, Weekdays};

use crate::country::dice::Dice;
use crate::country::{Country, LANGUAGES, PARIS};

const DAY: u32 = 86_400;

/// When somebody wants a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    FourDays,
    TwoWeeks,
    TwoMonths,
    Evenings,
    Saturdays,
}

impl When {
    pub(crate) const ALL: [Self; 5] =
        [Self::FourDays, Self::TwoWeeks, Self::TwoMonths, Self::Evenings, Self::Saturdays];
}

/// Questions as they come, with when each wants a visit.
pub(crate) fn questions(country: &Country, seed: u64, count: usize) -> Vec<(When, Query<'static>)> {
    let dice = &mut Dice::new(seed);
    (0..count).map(|_| question(country, dice)).collect()
}

fn question(country: &Country, dice: &mut Dice) -> (When, Query<'static>) {
    let when = match dice.below(100) {
        0..=34 => When::FourDays,
        35..=79 => When::TwoWeeks,
        80..=87 => When::TwoMonths,
        88..=94 => When::Evenings,
        _ => When::Saturdays,
    };
    let now = Country::now();
    let days = match when {
        When::FourDays => 4,
        When::TwoMonths => 60,
        _ => 14,
    };
    let (latitude, longitude) = country.geography.home_of_patient(dice);
    let radius_km = match dice.below(100) {
        0..=29 => 5.0,
        30..=64 => 10.0,
        65..=89 => 30.0,
        _ => 50.0,
    };
    let query = Query {
        // General practice is looked for even more often than it is practised.
        specialty: Some(if dice.percent(10) { 0 } else { country.specialty(dice) }),
        near: Some(Circle { latitude, longitude, radius_km }),
        visit_minutes: Some(dice.pick(&[15, 15, 15, 20, 20, 30, 30, 30, 45, 60])),
        language: dice.percent(10).then(|| 1 + dice.below(u64::from(LANGUAGES) - 1) as u8),
        telehealth: dice.percent(10).then_some(true),
        new_patients: dice.percent(35).then_some(true),
        sector: dice.percent(12).then_some(0),
        days: if when == When::Saturdays { Weekdays(0x20) } else { Weekdays::ALL },
        hours: (when == When::Evenings).then_some(Hours { from: 18 * 3600, until: DAY }),
        ..Query::in_window(Span::new(now, now.plus(days * DAY)))
    };
    (when, query)
}

/// The most that a question can find: general practice, Paris, 50 km.
pub(crate) fn worst(dice: &mut Dice) -> Query<'static> {
    let latitude = PARIS.0 + dice.part() * 0.04 - 0.02;
    let longitude = PARIS.1 + dice.part() * 0.06 - 0.03;
    let now = Country::now();
    Query {
        specialty: Some(0),
        near: Some(Circle { latitude, longitude, radius_km: 50.0 }),
        ..Query::in_window(Span::new(now, now.plus(14 * DAY)))
    }
}

/// Anything free for somebody in the coming two months, to know who has something.
pub(crate) fn two_months(now: Moment) -> Query<'static> {
    Query::in_window(Span::new(now, now.plus(60 * DAY)))
}
