//! A part of the country: practices with their practitioners, offers, hours and bookings.

use rendez_domain::availability::VisitType;
use rendez_domain::regions::Place;
use rendez_vocab::ids::{LocationId, OrganizationId, PractitionerId, VisitTypeId};

use super::busy::{self, Busy};
use super::country::Country;
use super::week::{self, Shift};
use super::{names, offers};
use crate::bulk::dice::{Dice, Weights};
use crate::bulk::people::{email, office_phone};
use crate::bulk::towns;

/// Which dice of the country these are.
const KIND: u64 = 1;

/// An organization with one location or two.
pub(super) struct Practice {
    /// Its id.
    pub(super) id: OrganizationId,
    /// What it is called.
    pub(super) name: String,
    /// Where it is, the main place first.
    pub(super) locations: Vec<Location>,
    /// Who works there.
    pub(super) practitioners: Vec<Practitioner>,
}

/// A place of a practice.
pub(super) struct Location {
    /// Its id.
    pub(super) id: LocationId,
    /// Street and number.
    pub(super) line: String,
    /// The town.
    pub(super) town: &'static Place,
    /// Degrees north.
    pub(super) latitude: f64,
    /// Degrees east.
    pub(super) longitude: f64,
}

/// Somebody who gives care.
pub(super) struct Practitioner {
    /// Its id.
    pub(super) id: PractitionerId,
    /// Whose time claims take.
    pub(super) calendar: i64,
    /// First name.
    pub(super) given_name: String,
    /// Last name.
    pub(super) family_name: String,
    /// A code of the pack.
    pub(super) specialty: &'static str,
    /// A code of the pack.
    pub(super) sector: Option<&'static str>,
    /// ISO 639-1 codes.
    pub(super) languages: Vec<&'static str>,
    /// For patients to call.
    pub(super) phone: String,
    /// For patients to write to.
    pub(super) email: String,
    /// Whether somebody new may book.
    pub(super) accepts_new_patients: bool,
    /// Whether weekly openings hold on public holidays.
    pub(super) works_public_holidays: bool,
    /// What can be booked.
    pub(super) visit_types: Vec<VisitType>,
    /// When they work.
    pub(super) week: Vec<Shift>,
    /// What is taken of it.
    pub(super) busy: Busy,
}

/// The practices with the practitioners from number `first` on, `count` of them. Calendars follow `calendars`.
pub(super) fn make(
    country: &Country,
    part: usize,
    first: usize,
    count: usize,
    calendars: i64,
) -> Vec<Practice> {
    let dice = country.dice(KIND, part);
    let sizes = Weights::new([30, 22, 16, 11, 8, 6, 4, 3].into_iter());
    let mut practices = Vec::with_capacity(count / 2);
    let mut number = first;
    while number < first + count {
        let size = (sizes.draw(&dice) + 1).min(first + count - number);
        practices.push(practice(country, number, size, calendars, &dice));
        number += size;
    }
    practices
}

fn practice(country: &Country, number: usize, size: usize, calendars: i64, dice: &Dice) -> Practice {
    let town = country.town(dice);
    let made_at = country.made_at(number);
    let location = || {
        let (latitude, longitude) = towns::somewhere_in(town, dice);
        Location {
            id: LocationId::new(made_at, dice.entropy()),
            line: format!("{} {}", dice.between(1, 120), dice.pick(&country.names.streets)),
            town,
            latitude,
            longitude,
        }
    };
    let mut practice = Practice {
        id: OrganizationId::new(made_at, dice.entropy()),
        name: String::new(),
        locations: vec![location()],
        practitioners: Vec::with_capacity(size),
    };
    if size >= 3 && dice.chance(12) {
        practice.locations.push(location());
    }
    for index in 0..size {
        let two_places = practice.locations.len() > 1 && dice.chance(30);
        practice.practitioners.push(practitioner(country, number + index, calendars, town, two_places, dice));
    }
    let family = practice.practitioners.first().map_or("", |head| head.family_name.as_str());
    practice.name = if size > 1 {
        towns::practice_name(dice.pick(&country.names.practices).as_str(), &town.name, family)
    } else {
        format!("Cabinet {family}")
    };
    practice
}

fn practitioner(
    country: &Country,
    number: usize,
    calendars: i64,
    town: &Place,
    two_places: bool,
    dice: &Dice,
) -> Practitioner {
    let made_at = country.made_at(number);
    let specialty = country.specialty(dice);
    let (given_name, family_name) = names::draw(country.names, dice);
    let visit_types =
        offers::draw(specialty, country.pack, || VisitTypeId::new(made_at, dice.entropy()), dice);
    let works_public_holidays = dice.chance(3);
    let week = week::draw(two_places, dice);
    let days = country.days.of(country.pack.time_zone_name_at(town));
    let minutes = visit_types.first().map_or(30, |first| i64::from(first.duration_minutes));
    let busy = busy::draw(&week, days, works_public_holidays, minutes, demand(dice), dice);
    Practitioner {
        id: PractitionerId::new(made_at, dice.entropy()),
        calendar: calendars + i64::try_from(number).unwrap_or(i64::MAX),
        email: email(&given_name, &family_name, number, "cabinet.example"),
        given_name,
        family_name,
        specialty: &specialty.code,
        sector: sector(country, dice),
        languages: languages(country, dice),
        phone: office_phone(dice),
        accepts_new_patients: dice.chance(72),
        works_public_holidays,
        visit_types,
        week,
        busy,
    }
}

/// The share of somebody's time that is taken: seven tenths of all, but everybody is different.
fn demand(dice: &Dice) -> f64 {
    let (low, high) = match dice.below(100) {
        0..15 => (0.93, 1.05),
        15..75 => (0.62, 0.86),
        75..95 => (0.40, 0.65),
        _ => (0.05, 0.30),
    };
    low + (high - low) * dice.unit()
}

/// What insurance has agreed on: most often the first of the pack's sectors, seldom nothing that is known.
fn sector(country: &Country, dice: &Dice) -> Option<&'static str> {
    let sectors = country.pack.sectors();
    match dice.below(100) {
        0..3 => None,
        3..63 => sectors.first().map(|known| known.code.as_str()),
        _ if sectors.is_empty() => None,
        _ => Some(&dice.pick(sectors).code),
    }
}

fn languages(country: &Country, dice: &Dice) -> Vec<&'static str> {
    let spoken = country.pack.languages().iter();
    spoken
        .filter(|language| dice.chance(usize::try_from(language.percent).unwrap_or(0)))
        .map(|language| language.code.as_str())
        .collect()
}
