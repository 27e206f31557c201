//! A country by seed, for measurements: half a million practitioners where people live, with their hours and what is
//! booked of them. The same seed and number give the same practitioner on every machine; nothing is read from a disk.
//!
//! The shape is France's: 36,000 towns, 40 cities that hold three quarters of the practitioners, Paris and around a
//! third; 60 specialties of which general practice is a fifth and the rarest a thousandth; 60 days, about 70 % booked.

pub(crate) mod dice;
mod geography;
mod hours;
mod names;

use rendez_index::{Moment, Place, Profile, Settings, Span, VisitType, Zone};
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use dice::{Dice, mixed};
pub(crate) use geography::{Geography, PARIS};
pub(crate) use names::{Name, Names};

/// How many specialties there are; 0 is general practice.
pub(crate) const SPECIALTIES: u16 = 60;
/// How many languages there are; 0 is everybody's.
pub(crate) const LANGUAGES: u8 = 10;
/// How many ways to charge there are.
pub(crate) const SECTORS: u8 = 3;

/// What a visit may last; few are as short or as long as these go.
const MINUTES: [u16; 14] = [10, 15, 15, 15, 20, 20, 20, 20, 30, 30, 30, 45, 45, 60];
/// A card is as long as what a result shows of a practitioner.
const CARD_BYTES: usize = 250;

/// Everybody, made when asked for.
pub(crate) struct Country {
    seed: u64,
    /// How many practitioners there are.
    pub(crate) practitioners: u64,
    /// Where people live.
    pub(crate) geography: Geography,
    /// What people are called.
    pub(crate) names: Names,
    specialties: Vec<f64>,
}

/// A practitioner with what is taken of their time.
pub(crate) struct Resident {
    pub(crate) profile: Profile,
    /// In order, apart from each other.
    pub(crate) busy: Vec<Span>,
    pub(crate) name: Name,
}

impl Country {
    pub(crate) fn new(seed: u64, practitioners: u64) -> Self {
        Self {
            seed,
            practitioners,
            geography: Geography::new(seed),
            names: Names::new(seed),
            specialties: shares_of_specialties(),
        }
    }

    /// Monday, 7 September 2026, half past eight in Paris; summer time ends within the 60 days.
    pub(crate) fn now() -> Moment {
        Moment::from_unix(1_788_762_600)
    }

    pub(crate) fn settings(&self) -> Settings {
        let winter = (Moment::from_unix(1_792_890_000), 3600);
        let paris = Zone { name: "Europe/Paris".into(), offsets: vec![(Moment::MIN, 7200), winter] };
        Settings {
            zones: vec![paris],
            specialties: SPECIALTIES,
            languages: LANGUAGES,
            sectors: SECTORS,
            now: Self::now(),
        }
    }

    /// A specialty as often as it is practised.
    pub(crate) fn specialty(&self, dice: &mut Dice) -> u16 {
        let at = dice.part();
        self.specialties.partition_point(|until| *until <= at).min(usize::from(SPECIALTIES) - 1) as u16
    }

    /// The practitioner of a number below [`Country::practitioners`].
    pub(crate) fn resident(&self, no: u64) -> Resident {
        let dice = &mut Dice::new(mixed(self.seed) ^ mixed(no.wrapping_add(1) << 20));
        let id = PractitionerId::from_uuid(Uuid::from_u64_pair(dice.roll(), dice.roll()));
        let specialty = self.specialty(dice);
        let telehealth = dice.percent(25);
        let visit_types = visit_types(dice, telehealth);
        let home = self.geography.home_of_practitioner(dice);
        let (shifts, busy) = hours::of_somebody(dice, Self::now(), &visit_types);
        let place = |dice: &mut Dice, position, shifts| Place {
            id: LocationId::from_uuid(Uuid::from_u64_pair(dice.roll(), dice.roll())),
            position: Some(position),
            zone: 0,
            shifts,
            closed: Vec::new(),
        };
        // A few see patients in a second place in the afternoons.
        let places = if dice.percent(6) {
            let (here, there) = shifts.into_iter().enumerate().partition::<Vec<_>, _>(|(no, _)| no % 2 == 0);
            let without_number =
                |shifts: Vec<(usize, _)>| shifts.into_iter().map(|(_, shift)| shift).collect();
            let second = geography::beside(dice, home, 0.08);
            vec![place(dice, home, without_number(here)), place(dice, second, without_number(there))]
        } else {
            vec![place(dice, home, shifts)]
        };
        let name = self.names.of_somebody(dice);
        let mut card = format!("{} {}, {}", name.given, name.family, id).into_bytes();
        card.resize(CARD_BYTES, b'.');
        let profile = Profile {
            practitioner: id,
            specialty: Some(specialty),
            languages: languages(dice),
            sector: Some(dice.pick(&[0, 0, 0, 1, 1, 2])),
            accepts_new_patients: dice.percent(65),
            telehealth,
            names: name.folded(),
            card,
            visit_types,
            places,
        };
        Resident { profile, busy, name }
    }
}

/// Where the share of each specialty ends: 19 % for the first, then falling from 6 % to a tenth of a percent.
fn shares_of_specialties() -> Vec<f64> {
    const FALLS: f64 = 0.93;
    let rest: f64 = (1..SPECIALTIES).map(|no| FALLS.powi(i32::from(no))).sum();
    let mut until = 0.0;
    let share = |no: u16| if no == 0 { 0.19 } else { 0.81 * FALLS.powi(i32::from(no)) / rest };
    (0..SPECIALTIES)
        .map(|no| {
            until += share(no);
            until
        })
        .collect()
}

fn languages(dice: &mut Dice) -> Vec<u8> {
    const PERCENT: [u64; LANGUAGES as usize] = [100, 30, 8, 7, 6, 5, 4, 3, 2, 2];
    (0..LANGUAGES).filter(|no| dice.percent(PERCENT[usize::from(*no)])).collect()
}

fn visit_types(dice: &mut Dice, telehealth: bool) -> Vec<VisitType> {
    let count = dice.pick(&[1, 2, 2, 3, 3, 3, 4, 4, 5, 6]);
    let buffer = if dice.percent(85) { 0 } else { 5 };
    let notice = dice.pick(&[0, 60, 60, 120, 120, 1440]);
    let horizon = if dice.percent(92) { 365 } else { 42 };
    (0..count)
        .map(|no| VisitType {
            id: VisitTypeId::from_uuid(Uuid::from_u64_pair(dice.roll(), dice.roll())),
            duration_minutes: dice.pick(&MINUTES),
            buffer_before_minutes: 0,
            buffer_after_minutes: buffer,
            min_notice_minutes: notice,
            max_horizon_days: horizon,
            telehealth: telehealth && no > 0 && no + 1 == count,
            known_only: no > 0 && dice.percent(12),
        })
        .collect()
}
