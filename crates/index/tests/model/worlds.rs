//! Random practitioners, each from a seed of its own, with everything that is awkward about time and place.

use rendez_index::{Moment, Place, Profile, Settings, Shift, Span, Visit, VisitType, Zone};
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use crate::dice::{Dice, mixed};
use crate::grids::grid;

pub(crate) const SPECIALTIES: u16 = 5;
pub(crate) const LANGUAGES: u8 = 9;
/// A language that was not heard of when the index was made.
pub(crate) const NEW_LANGUAGE: u8 = 201;
pub(crate) const SECTORS: u8 = 3;
pub(crate) const DAY: u32 = 86_400;

/// Words so far from each other that a typing error still means one of them only.
pub(crate) const NAMES: [&str; 12] = [
    "garcia",
    "lefevre",
    "nguyen",
    "oconnor",
    "schmidt",
    "yamamoto",
    "bouvier",
    "kowalski",
    "fernandez",
    "abdullah",
    "estelle",
    "dimitri",
];

/// Where people are: towns, both poles, both sides of the date line, and where the axes meet the ground.
pub(crate) const TOWNS: [(f64, f64); 10] = [
    (48.8566, 2.3522),
    (48.8049, 2.1204),
    (45.7640, 4.8357),
    (90.0, 0.0),
    (-90.0, 17.0),
    (-17.0, 179.999),
    (-17.0, -179.999),
    (0.0, 0.0),
    (0.0, 180.0),
    (64.1466, -21.9426),
];

const DURATIONS: [u16; 18] = [1, 5, 7, 10, 14, 15, 16, 20, 25, 30, 30, 45, 45, 50, 60, 60, 75, 480];
const BUFFERS: [u16; 6] = [0, 0, 0, 5, 10, 20];
const NOTICES: [u32; 9] = [0, 0, 0, 1, 60, 120, 1440, 2880, 10_080];
const HORIZONS: [u16; 10] = [0, 1, 7, 30, 59, 62, 65, 66, 90, 365];

/// Seconds since 1970 at which some clock of [`zones`] changes.
const CHANGES: [i64; 6] =
    [1_772_953_200, 1_774_746_000, 1_775_314_800, 1_792_890_000, 1_793_507_400, 1_793_512_800];

/// Clocks that change by an hour, by half an hour, at midnight, and clocks on odd minutes.
pub(crate) fn zones() -> Vec<Zone> {
    let zone = |name: &str, usual: i32, changes: &[(i64, i32)]| {
        let changes = changes.iter().map(|(at, offset)| (Moment::from_unix(*at), *offset));
        Zone { name: name.into(), offsets: std::iter::once((Moment::MIN, usual)).chain(changes).collect() }
    };
    vec![
        Zone::utc(),
        zone("Europe/Paris", 3600, &[(1_774_746_000, 7200), (1_792_890_000, 3600)]),
        zone("America/New_York", -18_000, &[(1_772_953_200, -14_400), (1_793_512_800, -18_000)]),
        zone("America/St_Johns", -12_600, &[(1_772_947_800, -9_000), (1_793_507_400, -12_600)]),
        zone("Asia/Kolkata", 19_800, &[]),
        zone("Asia/Kathmandu", 20_700, &[]),
        zone("Australia/Lord_Howe", 39_600, &[(1_775_314_800, 37_800), (1_791_041_400, 39_600)]),
        // Midnight does not exist on one day, and on another it comes twice.
        zone("Midnight/Forward", -14_400, &[(1_774_756_800, -10_800)]),
        zone("Midnight/Back", -10_800, &[(1_774_753_200, -14_400)]),
        zone("Pacific/Kiritimati", 50_400, &[]),
        zone("Pacific/Niue", -39_600, &[]),
    ]
}

/// The settings of a world: its present often lies so that a change of clocks is near.
pub(crate) fn settings(dice: &mut Dice) -> Settings {
    let change = dice.pick(&CHANGES);
    let now = change - dice.between(-3, 60) * i64::from(DAY) + dice.between(-50_000, 50_000);
    Settings {
        zones: zones(),
        specialties: SPECIALTIES,
        languages: LANGUAGES,
        sectors: SECTORS,
        now: Moment::from_unix(now),
    }
}

/// Who is free when: the same question always gets the same answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Diary {
    salt: u64,
    percent: u64,
    by_the_hour: bool,
}

impl Diary {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self {
            salt: dice.roll(),
            percent: dice.pick(&[0, 2, 10, 30, 60, 100]),
            by_the_hour: dice.percent(60),
        }
    }

    pub(crate) fn is_free(&self, visit: &Visit) -> bool {
        let lucky = |key: u64| mixed(self.salt ^ key) % 100 < self.percent;
        if self.by_the_hour {
            let hours = visit.blocked.start.seconds() / 3600..=(visit.blocked.end.seconds() - 1) / 3600;
            return hours.into_iter().all(|hour| lucky(u64::from(hour)));
        }
        let which = u64::from(visit.place) << 8 | u64::from(visit.visit_type);
        lucky(which << 32 | u64::from(visit.start.seconds()))
    }
}

/// How much there is of one practitioner; small ones leave time for more questions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) most_visit_types: i64,
    pub(crate) most_shifts: i64,
}

pub(crate) const USUAL: Size = Size { most_visit_types: 6, most_shifts: 90 };
pub(crate) const SMALL: Size = Size { most_visit_types: 4, most_shifts: 24 };

/// A practitioner. The same seed and present give the same one.
pub(crate) fn practitioner(seed: u64, settings: &Settings, size: Size) -> Profile {
    let dice = &mut Dice::new(seed);
    let id = PractitionerId::from_uuid(uuid(dice));
    let many = dice.percent(2);
    let visit_types = (0..if many { 64 } else { dice.between(0, size.most_visit_types) })
        .map(|_| visit_type(dice))
        .collect::<Vec<_>>();
    let places = dice.pick(&[1, 1, 1, 1, 1, 1, 2, 2, 3, 0]);
    let most_shifts = if many { 4 } else { size.most_shifts };
    let mut profile = Profile {
        practitioner: id,
        specialty: (!dice.percent(8)).then(|| dice.pick(&[0, 0, 0, 1, 1, 2, 3])),
        languages: (0..LANGUAGES)
            .chain([NEW_LANGUAGE])
            .filter(|no| dice.percent(if *no < LANGUAGES { 30 } else { 1 }))
            .collect(),
        sector: (!dice.percent(20)).then(|| dice.below(u64::from(SECTORS)) as u8),
        accepts_new_patients: dice.percent(70),
        telehealth: dice.percent(40),
        names: format!("{} {}", dice.pick(&NAMES), dice.pick(&NAMES)),
        card: id.uuid().as_bytes().iter().copied().chain((0..dice.below(40)).map(|no| no as u8)).collect(),
        places: (0..places).map(|_| place(dice, settings, visit_types.len(), most_shifts)).collect(),
        visit_types,
    };
    close_some(dice, &mut profile);
    profile
}

pub(crate) fn visit_type(dice: &mut Dice) -> VisitType {
    VisitType {
        id: VisitTypeId::from_uuid(uuid(dice)),
        duration_minutes: dice.pick(&DURATIONS),
        buffer_before_minutes: dice.pick(&BUFFERS),
        buffer_after_minutes: dice.pick(&BUFFERS),
        min_notice_minutes: dice.pick(&NOTICES),
        max_horizon_days: if dice.percent(60) { 90 } else { dice.pick(&HORIZONS) },
        telehealth: dice.percent(25),
        known_only: dice.percent(20),
    }
}

fn place(dice: &mut Dice, settings: &Settings, visit_types: usize, most_shifts: i64) -> Place {
    let zone = if dice.percent(50) { 1 } else { dice.below(settings.zones.len() as u64) as u8 };
    Place {
        id: LocationId::from_uuid(uuid(dice)),
        position: (!dice.percent(8)).then(|| position(dice)),
        zone,
        shifts: shifts(dice, &settings.zones[usize::from(zone)], settings.now, visit_types, most_shifts),
        closed: Vec::new(),
    }
}

/// In a town, often at the very same point as others.
pub(crate) fn position(dice: &mut Dice) -> (f64, f64) {
    let (latitude, longitude) = if dice.percent(60) { dice.pick(&TOWNS[..3]) } else { dice.pick(&TOWNS) };
    if dice.percent(40) {
        return (latitude, longitude);
    }
    let spread = dice.pick(&[0.001, 0.05, 0.5, 5.0]);
    let mut near = |degrees: f64| degrees + (dice.part() - 0.5) * spread;
    (near(latitude).clamp(-90.0, 90.0), (near(longitude) + 540.0).rem_euclid(360.0) - 180.0)
}

/// Shifts from yesterday's evening to the end of the 64th local day, in order of anchor.
fn shifts(dice: &mut Dice, zone: &Zone, now: Moment, visit_types: usize, most: i64) -> Vec<Shift> {
    let today = zone.local(now).0;
    let last = at_wall_clock(zone, today + 64, 0);
    let mut shifts: Vec<Shift> = Vec::new();
    for _ in 0..dice.between(0, most) {
        let minutes = dice.pick(&[5, 30, 55, 60, 90, 150, 180, 240, 300, 480, 720, 1440, 2900]);
        let before = shifts.last().filter(|_| dice.percent(20));
        let anchor = match before {
            Some(before) => before.anchor.plus(60 * u32::from(before.span_minutes)),
            None => {
                let odd_second = if dice.percent(5) { dice.below(60) as u32 } else { 0 };
                let soon = dice.percent(30);
                let day = today + dice.between(-1, if soon { 5 } else { 63 }) as i32;
                at_wall_clock(zone, day, dice.below(288) as u32 * 300).plus(odd_second)
            }
        };
        let rest = last.seconds().saturating_sub(anchor.seconds()) / 60;
        let span_minutes = rest.min(minutes) as u16;
        if span_minutes > 0 {
            let admits = mask(dice, visit_types);
            shifts.push(Shift { anchor, span_minutes, runs_on: dice.percent(15), visit_types: admits });
        }
    }
    shifts.sort_by_key(|shift| shift.anchor);
    shifts
}

fn mask(dice: &mut Dice, visit_types: usize) -> u64 {
    let all = 1u64.checked_shl(visit_types as u32).map_or(u64::MAX, |bit| bit - 1);
    match dice.below(10) {
        0 => u64::MAX,
        1..=5 => all,
        _ => all & dice.roll(),
    }
}

/// The moment at which a wall clock shows a time, or about that if it never does.
fn at_wall_clock(zone: &Zone, day: i32, second: u32) -> Moment {
    let wall = i64::from(day) * i64::from(DAY) + i64::from(second);
    let about = zone.offset(Moment::from_unix(wall));
    let offset = zone.offset(Moment::from_unix(wall - i64::from(about)));
    Moment::from_unix(wall - i64::from(offset))
}

/// Closes some starts, on the grids and beside them.
fn close_some(dice: &mut Dice, profile: &mut Profile) {
    if dice.percent(50) {
        return;
    }
    for place in 0..profile.places.len() {
        let mut closed = Vec::new();
        for visit_type in 0..profile.visit_types.len() {
            let starts = grid(profile, place, visit_type).into_iter().map(|visit| visit.start);
            let some = starts.filter(|_| dice.percent(10)).collect::<Vec<_>>();
            closed.extend(some.into_iter().map(|start| (visit_type as u8, start)));
            let beside = profile.places[place].shifts.first().filter(|_| dice.percent(10));
            closed.extend(beside.map(|shift| (visit_type as u8, shift.anchor.plus(77))));
        }
        closed.sort_unstable();
        closed.dedup();
        profile.places[place].closed = closed;
    }
}

/// A range of somebody's time that begins or ends near one of the given moments.
pub(crate) fn range(dice: &mut Dice, around: &[Moment], now: Moment) -> Span {
    let middle = match around.is_empty() || dice.percent(15) {
        true => now.plus(dice.below(u64::from(64 * DAY)) as u32),
        false => dice.pick(around),
    };
    let minutes = dice.pick(&[1, 5, 15, 30, 60, 240, 1440, 20_000]);
    let start = match dice.below(3) {
        0 => middle,
        1 => middle.minus(minutes * 60),
        _ => middle.minus(dice.below(u64::from(minutes) * 60) as u32),
    };
    Span::new(start, start.plus(minutes * 60))
}

pub(crate) fn uuid(dice: &mut Dice) -> Uuid {
    Uuid::from_u64_pair(dice.roll(), dice.roll())
}
