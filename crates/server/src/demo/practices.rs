//! The demo's practices: spread over the towns as people are, each with its practitioners.

use std::collections::HashSet;
use std::sync::Arc;

use rendez_domain::availability::{Schedule, ScheduleLocation};
use rendez_domain::regions::{Place, SampleNames, Specialty};
use rendez_platform::fault::Fault;
use rendez_vocab::ids::{LocationId, OrganizationId, PractitionerId, RoomId};

use super::people;
use super::visit_types;
use super::weeks;
use super::world::{Calendars, Demand, Ground, Practice, Practitioner, Room, Size};
use crate::bulk::dice::{Dice, Weights};
use crate::bulk::people::{email, name, office_phone};
use crate::bulk::towns;

/// How many practitioners the first practice has, which the demo's logins belong to.
const FIRST_PRACTICE: usize = 5;
/// The seed of rooms' ids.
const ROOM_IDS: u64 = 1;
/// INSEE's codes of the region's communes begin so: Côtes-d'Armor, Finistère, Ille-et-Vilaine, Morbihan.
const BRITTANY: [&str; 4] = ["22", "29", "35", "56"];
/// Specialties of at least this weight are found in small towns too.
const COMMON: u32 = 50;
const SMALL_TOWN: u32 = 5_000;
/// These have long waiting times everywhere.
const SOUGHT_AFTER: [&str; 5] =
    ["ophthalmology", "dermatology", "child-psychiatry", "rheumatology", "speech-therapy"];

/// Every practice. The first lies in the largest town, and its first practitioner is a general practitioner.
pub(super) fn practices(
    size: Size,
    ground: &Ground,
    names: &SampleNames,
    calendars: &mut Calendars,
    dice: &Dice,
) -> Result<Vec<Practice>, Fault> {
    let mut trades = Trades::new(size.practitioners, ground, dice);
    let places: Vec<&Place> = ground.pack.places().iter().filter(|place| is_in_brittany(place)).collect();
    let weights = Weights::new(places.iter().map(|place| u64::from(place.population)));
    let sizes = Weights::new([34, 24, 16, 12, 8, 6].into_iter());
    let mut taken = HashSet::new();
    let mut practices: Vec<Practice> = Vec::new();
    // Chance of their own, so that one room more changes nothing else of the world.
    let room_ids = Dice::new(ROOM_IDS);
    let mut number = 0;
    while number < size.practitioners {
        let first = practices.is_empty();
        let town = if first { places[0] } else { places[weights.draw(dice)] };
        let wanted = if first { FIRST_PRACTICE } else { sizes.draw(dice) + 1 };
        let count = wanted.min(size.practitioners - number);
        let mut practice = empty_practice(town, ground, names, dice);
        for index in 0..count {
            let trade = if first && index == 0 { trades.most_common() } else { trades.draw(town, dice) };
            let Some(trade) = trade else { break };
            for (kind, name) in visit_types::rooms(trade) {
                if !practice.rooms.iter().any(|room| room.kind == kind) {
                    let id = RoomId::new(ground.midnight, room_ids.entropy());
                    practice.rooms.push(Room { id, calendar: calendars.take()?, kind, name });
                }
            }
            let host = Host { practice: &practice, number, showcase: first && index == 0 };
            let practitioner = practitioner(&host, trade, ground, names, calendars.take()?, dice);
            practice.practitioners.push(practitioner);
            number += 1;
        }
        let Some(head) = practice.practitioners.first() else { break };
        let (given, family) = (&head.given_name, &head.family_name);
        let template = dice.pick(&names.practices);
        let called = if count > 1 {
            towns::practice_name(template, &town.name, family)
        } else {
            format!("Cabinet {family}")
        };
        practice.name = if taken.insert((&town.insee_code, called.clone())) {
            called
        } else {
            format!("Cabinet {given} {family}")
        };
        practices.push(practice);
    }
    Ok(practices)
}

fn is_in_brittany(place: &Place) -> bool {
    BRITTANY.iter().any(|department| place.insee_code.starts_with(department))
}

/// Specialties still to be handed out, in the proportions of the pack.
struct Trades {
    common: Vec<&'static Specialty>,
    rare: Vec<&'static Specialty>,
}

impl Trades {
    fn new(count: usize, ground: &Ground, dice: &Dice) -> Self {
        let specialties = ground.pack.specialties();
        let total: usize = specialties.iter().map(|specialty| specialty.weight as usize).sum();
        let (mut common, mut rare) = (Vec::new(), Vec::new());
        for specialty in specialties {
            let share = (count * specialty.weight as usize).div_ceil(total);
            let list = if specialty.weight >= COMMON { &mut common } else { &mut rare };
            list.extend(std::iter::repeat_n(specialty, share));
        }
        dice.shuffle(&mut common);
        dice.shuffle(&mut rare);
        // Shares are rounded up, so that nothing is missing; the common ones make room for that, but in a small world they
        // are still the larger part.
        rare.truncate(count * 3 / 4);
        common.truncate(count.saturating_sub(rare.len()));
        Self { common, rare }
    }

    /// One that fits the size of the town.
    fn draw(&mut self, town: &Place, dice: &Dice) -> Option<&'static Specialty> {
        let left = self.common.len() + self.rare.len();
        let common =
            if town.population < SMALL_TOWN { dice.chance(90) } else { dice.below(left) < self.common.len() };
        if common {
            self.common.pop().or_else(|| self.rare.pop())
        } else {
            self.rare.pop().or_else(|| self.common.pop())
        }
    }

    fn most_common(&mut self) -> Option<&'static Specialty> {
        let (index, _) = self.common.iter().enumerate().max_by_key(|(_, specialty)| specialty.weight)?;
        Some(self.common.swap_remove(index))
    }
}

fn empty_practice(town: &Place, ground: &Ground, names: &SampleNames, dice: &Dice) -> Practice {
    let (latitude, longitude) = towns::somewhere_in(town, dice);
    Practice {
        organization: OrganizationId::new(ground.midnight, dice.entropy()),
        location: LocationId::new(ground.midnight, dice.entropy()),
        name: String::new(),
        line: format!("{} {}", dice.between(1, 120), dice.pick(&names.streets)),
        postal_code: town.postal_code.clone(),
        city: town.name.clone(),
        latitude,
        longitude,
        rooms: Vec::new(),
        practitioners: Vec::new(),
    }
}

/// Where somebody is put.
struct Host<'a> {
    practice: &'a Practice,
    /// How many practitioners there were before.
    number: usize,
    /// Whether the demo's logins belong to them.
    showcase: bool,
}

fn practitioner(
    host: &Host<'_>,
    specialty: &'static Specialty,
    ground: &Ground,
    names: &SampleNames,
    calendar: i64,
    dice: &Dice,
) -> Practitioner {
    let (given_name, family_name) = name(names, dice);
    let demand = if host.showcase { Demand::Usual } else { demand(specialty, dice) };
    let visit_types = visit_types::draw(specialty, host.showcase, ground, dice);
    let mut schedule = Schedule {
        practitioner: PractitionerId::new(ground.midnight, dice.entropy()),
        calendar,
        organization: host.practice.organization,
        version: 1,
        active: true,
        accepts_new_patients: host.showcase || dice.chance(84),
        works_public_holidays: dice.chance(3),
        default_location: host.practice.location,
        locations: vec![ScheduleLocation {
            id: host.practice.location,
            time_zone_name: ground.pack.time_zone_name().to_owned(),
            time_zone: ground.pack.time_zone().clone(),
            organization: host.practice.organization,
        }],
        visit_types,
        rules: Vec::new(),
        closures: Vec::new(),
        openings: Vec::new(),
        time_off: Vec::new(),
        holidays: Arc::clone(&ground.holidays),
    };
    weeks::fill(&mut schedule, demand, ground, dice);
    Practitioner {
        email: email(&given_name, &family_name, host.number, "cabinet.example"),
        given_name,
        family_name,
        specialty: &specialty.code,
        sector: sector(specialty, ground, dice),
        languages: people::languages(dice),
        phone: office_phone(dice),
        schedule,
        demand,
    }
}

/// What insurance has agreed on: general practitioners nearly all take its rates.
fn sector(specialty: &Specialty, ground: &Ground, dice: &Dice) -> Option<&'static str> {
    let first = if specialty.weight >= COMMON { 90 } else { 60 };
    let sectors = ground.pack.sectors();
    let known = if dice.chance(first) { sectors.first()? } else { dice.pick(sectors) };
    Some(&known.code)
}

fn demand(specialty: &Specialty, dice: &Dice) -> Demand {
    let full = if SOUGHT_AFTER.contains(&specialty.code.as_str()) { 35 } else { 4 };
    match dice.below(100) {
        thrown if thrown < full => Demand::FullFor(dice.between(14, 40)),
        thrown if thrown < full + 14 => Demand::High,
        thrown if thrown < full + 56 => Demand::Usual,
        _ => Demand::Low,
    }
}
