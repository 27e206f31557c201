//! When the demo's practitioners work: plausible weeks, and what interrupts them.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, time};
use rendez_domain::availability::{Closure, Opening, OpeningRule, Schedule, TimeOff};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{OpeningId, TimeOffId, VisitTypeId};

use super::world::{Demand, Ground};
use crate::bulk::dice::Dice;

const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// Gives a schedule its openings. Who is full for weeks works short weeks, which is how that comes about.
pub(super) fn fill(schedule: &mut Schedule, demand: Demand, ground: &Ground, dice: &Dice) {
    let hours = Hours::draw(dice);
    let mut week = Week { schedule: &mut *schedule, today: ground.today };
    if matches!(demand, Demand::FullFor(_)) {
        short_week(&mut week, &hours, dice);
    } else {
        usual_week(&mut week, &hours, dice);
    }
    if dice.chance(8) {
        schedule.closures.extend(closure(ground, dice));
    }
    if dice.chance(8) {
        schedule.time_off.extend(absence(ground, dice));
    }
    if dice.chance(5) {
        schedule.openings.extend(extra_day(schedule, ground, dice));
    }
}

/// The hours of somebody's day.
struct Hours {
    morning: (Time, Time),
    afternoon: (Time, Time),
    late: bool,
}

impl Hours {
    fn draw(dice: &Dice) -> Self {
        let late = dice.chance(9);
        let evening = if late { time(20, 30, 0, 0) } else { time(*dice.pick(&[17, 18, 18, 19]), 0, 0, 0) };
        let lunch = *dice.pick(&[time(12, 0, 0, 0), time(12, 0, 0, 0), time(12, 30, 0, 0)]);
        Self {
            morning: (*dice.pick(&[time(8, 0, 0, 0), time(8, 30, 0, 0), time(9, 0, 0, 0)]), lunch),
            afternoon: (*dice.pick(&[time(13, 30, 0, 0), time(14, 0, 0, 0), time(14, 30, 0, 0)]), evening),
            late,
        }
    }
}

/// A week under construction.
struct Week<'a> {
    schedule: &'a mut Schedule,
    today: Date,
}

impl Week<'_> {
    fn open(&mut self, weekday: Weekday, (starts, ends): (Time, Time)) {
        self.push(weekday, starts, ends, Vec::new(), None);
    }

    /// Every second week, counted from one of the two weeks before the last two months.
    fn open_every_second(&mut self, weekday: Weekday, (starts, ends): (Time, Time), dice: &Dice) {
        let from = self.today.checked_sub((56 + 7 * dice.between(0, 1)).days()).ok();
        self.push(weekday, starts, ends, Vec::new(), from);
    }

    fn push(
        &mut self,
        weekday: Weekday,
        starts: Time,
        ends: Time,
        only: Vec<VisitTypeId>,
        every_second_from: Option<Date>,
    ) {
        self.schedule.rules.push(OpeningRule {
            location: self.schedule.default_location,
            weekday,
            starts,
            ends,
            visit_types: only,
            valid_from: every_second_from,
            valid_until: None,
            every_weeks: if every_second_from.is_some() { 2 } else { 1 },
        });
    }
}

fn usual_week(week: &mut Week<'_>, hours: &Hours, dice: &Dice) {
    let free_day = dice.chance(60).then(|| *dice.pick(&WORKDAYS));
    for weekday in WORKDAYS {
        if free_day == Some(weekday) {
            // Some of these are there every second week.
            if dice.chance(25) {
                week.open_every_second(weekday, hours.morning, dice);
            }
            continue;
        }
        if !dice.chance(12) {
            week.open(weekday, hours.morning);
        }
        if !dice.chance(22) {
            week.open(weekday, hours.afternoon);
        }
    }
    if dice.chance(24) {
        let morning = (time(9, 0, 0, 0), time(12, 0, 0, 0));
        if dice.chance(50) {
            week.open(Weekday::Saturday, morning);
        } else {
            week.open_every_second(Weekday::Saturday, morning, dice);
        }
    }
    let at_a_distance: Vec<VisitTypeId> =
        week.schedule.visit_types.iter().filter(|known| known.telehealth).map(|known| known.id).collect();
    if !at_a_distance.is_empty() && !hours.late && dice.chance(40) {
        let weekday = *dice.pick(&WORKDAYS);
        week.push(weekday, time(19, 0, 0, 0), time(20, 30, 0, 0), at_a_distance, None);
    }
}

fn short_week(week: &mut Week<'_>, hours: &Hours, dice: &Dice) {
    let mut days = WORKDAYS;
    dice.shuffle(&mut days);
    let count = dice.below(2) + 2;
    for (index, weekday) in days.into_iter().take(count).enumerate() {
        week.open(weekday, if index % 2 == 0 { hours.morning } else { hours.afternoon });
    }
}

/// A few days around today when the practice is closed.
fn closure(ground: &Ground, dice: &Dice) -> Option<Closure> {
    let first = ground.today.checked_add(dice.between(-5, 35).days()).ok()?;
    let last = first.checked_add(dice.between(1, 6).days()).ok()?;
    Some(Closure { starts: first.to_datetime(Time::midnight()), ends: last.to_datetime(Time::midnight()) })
}

/// A time around today when the practitioner is away.
fn absence(ground: &Ground, dice: &Dice) -> Option<TimeOff> {
    let zone = ground.pack.time_zone();
    let first = ground.today.checked_add(dice.between(-3, 30).days()).ok()?;
    let (starts, ends) = if dice.chance(40) {
        (first.to_datetime(time(13, 0, 0, 0)), first.to_datetime(time(19, 0, 0, 0)))
    } else {
        let last = first.checked_add(dice.between(1, 8).days()).ok()?;
        (first.to_datetime(Time::midnight()), last.to_datetime(Time::midnight()))
    };
    let instant = |wall: jiff::civil::DateTime| zone.to_timestamp(wall).ok();
    Some(TimeOff {
        id: TimeOffId::new(ground.midnight, dice.entropy()),
        range: TimeRange::new(instant(starts)?, instant(ends)?).ok()?,
    })
}

/// A Sunday morning of the coming weeks, opened on purpose.
fn extra_day(schedule: &Schedule, ground: &Ground, dice: &Dice) -> Option<Opening> {
    let zone = ground.pack.time_zone();
    let sunday = ground.today.nth_weekday(i32::try_from(dice.between(1, 3)).ok()?, Weekday::Sunday).ok()?;
    let instant = |hour: i8| zone.to_timestamp(sunday.to_datetime(time(hour, 0, 0, 0))).ok();
    Some(Opening {
        id: OpeningId::new(ground.midnight, dice.entropy()),
        location: schedule.default_location,
        range: TimeRange::new(instant(9)?, instant(12)?).ok()?,
        visit_types: Vec::new(),
    })
}
