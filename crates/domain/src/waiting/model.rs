//! A wish and its states, and which times fit it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, VisitTypeId, WishId};
use sha2::{Digest, Sha256};

use super::error::WrongWish;
use super::{FARTHEST_KM, LONGEST_DAYS};

/// Minutes of a day on the wall.
const DAY_MINUTES: u16 = 24 * 60;

/// Where a wish stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishStatus {
    /// In the line.
    Waiting,
    /// A time is kept for it until a deadline.
    Offered,
    /// The time that was offered is booked.
    Taken,
    /// The patient does not wait any more.
    Withdrawn,
    /// The time that was offered was let go.
    Lapsed,
    /// Its last day is over.
    Expired,
}

impl WishStatus {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Offered, Self::Taken, Self::Withdrawn, Self::Lapsed, Self::Expired];

    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::Expired => "expired",
        }
    }

    /// The status with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether it counts against the limit: it waits, or a time is kept for it.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}

/// Of whom, and what.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A visit type of one practitioner.
    Practitioner {
        /// Whose time.
        practitioner: PractitionerId,
        /// Of what.
        visit_type: VisitTypeId,
    },
    /// Anybody of a specialty around a place.
    Area {
        /// A code of the region's pack.
        specialty: String,
        /// What the patient calls the place.
        place: String,
        /// Where it is.
        latitude: f64,
        /// Where it is.
        longitude: f64,
        /// How far around, 1 to 100.
        radius_km: u16,
        /// The visit lasts at most so long.
        most_minutes: Option<u32>,
    },
}

/// Days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// These days; none is no wish.
    pub fn of(days: &[Weekday]) -> Option<Self> {
        let bits = days.iter().fold(0, |bits, day| bits | Self::bit(*day));
        (bits != 0).then_some(Self(bits))
    }

    /// As the database keeps them.
    pub(super) const fn bits(self) -> i16 {
        self.0 as i16
    }

    pub(super) fn from_bits(bits: i16) -> Self {
        u8::try_from(bits).ok().filter(|bits| *bits != 0).map_or(Self::ALL, Self)
    }

    /// Whether the day is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    /// The days from Monday on.
    pub fn days(self) -> impl Iterator<Item = Weekday> {
        Weekday::Monday.cycle_forward().take(7).filter(move |day| self.contains(*day))
    }

    fn bit(day: Weekday) -> u8 {
        1 << day.to_monday_zero_offset()
    }
}

/// Hours of the day on the wall: minutes after midnight, half-open. The whole visit must lie within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from_minute: u16,
    until_minute: u16,
}

impl Hours {
    /// Any hour.
    pub const ALL: Self = Self { from_minute: 0, until_minute: DAY_MINUTES };

    /// From one minute of the day until another, at most 1440.
    pub fn new(from_minute: u16, until_minute: u16) -> Option<Self> {
        (from_minute < until_minute && until_minute <= DAY_MINUTES)
            .then_some(Self { from_minute, until_minute })
    }

    /// The first minute inside.
    pub const fn from_minute(self) -> u16 {
        self.from_minute
    }

    /// The first minute after.
    pub const fn until_minute(self) -> u16 {
        self.until_minute
    }
}

/// What a patient asks to wait for.
#[derive(Debug, Clone)]
pub struct NewWish {
    /// Who waits.
    pub patient: PatientId,
    /// For what.
    pub target: Target,
    /// On which days of the week.
    pub weekdays: Weekdays,
    /// At which hours.
    pub hours: Hours,
    /// From this day on.
    pub first_day: Date,
    /// Until this day.
    pub last_day: Date,
}

impl NewWish {
    /// Whether it makes sense on the day on which it is left.
    pub(super) fn check(&self, today: Date) -> Result<(), WrongWish> {
        let days = |from: Date, to: Date| from.until(to).map_or(i32::MAX, |span| span.get_days());
        if self.last_day < self.first_day {
            return Err(WrongWish::DaysReversed);
        }
        if self.last_day < today {
            return Err(WrongWish::Over);
        }
        if days(self.first_day, self.last_day) > LONGEST_DAYS || days(today, self.last_day) > LONGEST_DAYS {
            return Err(WrongWish::TooLong);
        }
        match &self.target {
            Target::Area { radius_km, .. } if !(1..=FARTHEST_KM).contains(radius_km) => {
                Err(WrongWish::Radius)
            }
            _ => Ok(()),
        }
    }

    /// The same wish of the same patient has the same likeness.
    pub(super) fn likeness(&self) -> Vec<u8> {
        Sha256::digest(format!(
            "{:?}/{}/{:?}/{}/{}",
            self.target,
            self.weekdays.bits(),
            self.hours,
            self.first_day,
            self.last_day
        ))
        .to_vec()
    }
}

/// A time that is kept for somebody, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// The hold.
    pub appointment: AppointmentId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// When the visit begins.
    pub start: Timestamp,
    /// Until when it is kept; `None` when it is no hold any more.
    pub expires_at: Option<Timestamp>,
}

/// How many stand before a wish that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// So many.
    Exactly(u32),
    /// So many or more: nobody counts further.
    AtLeast(u32),
}

/// A wish.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its id.
    pub id: WishId,
    /// Who waits.
    pub patient: PatientId,
    /// For what.
    pub target: Target,
    /// On which days of the week.
    pub weekdays: Weekdays,
    /// At which hours.
    pub hours: Hours,
    /// From this day on.
    pub first_day: Date,
    /// Until this day.
    pub last_day: Date,
    /// Where it stands now, by the database's clock.
    pub status: WishStatus,
    /// The time that was offered last.
    pub offered: Option<Offered>,
    /// How many who may get the same times asked before; only of one that waits.
    pub ahead: Option<Ahead>,
    /// Rises with each change.
    pub version: i64,
    /// When it was left.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// When somebody would come: the part of a wish that a time is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) weekdays: Weekdays,
    pub(super) hours: Hours,
    pub(super) first_day: Date,
    pub(super) last_day: Date,
}

impl When {
    /// Whether a visit lies on a wished day and within the wished hours, on the clock of its place.
    pub(super) fn fits(self, zone: &TimeZone, visit: TimeRange) -> bool {
        let (start, end) = (zone.to_datetime(visit.start()), zone.to_datetime(visit.end()));
        let day = start.date();
        (self.first_day..=self.last_day).contains(&day)
            && self.weekdays.contains(day.weekday())
            && minute_of(day, start) >= i32::from(self.hours.from_minute)
            // Who does not mind when does not mind midnight.
            && (self.hours == Hours::ALL || minute_of(day, end) <= i32::from(self.hours.until_minute))
    }
}

/// Minutes from a day's midnight on the wall; a part of one counts whole.
fn minute_of(day: Date, at: DateTime) -> i32 {
    let days = day.until(at.date()).map_or(i32::MAX / 4096, |span| span.get_days());
    let begun = i32::from(at.second() > 0 || at.subsec_nanosecond() > 0);
    days.saturating_mul(i32::from(DAY_MINUTES)) + i32::from(at.hour()) * 60 + i32::from(at.minute()) + begun
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a zone")
    }

    fn when(hours: (u16, u16)) -> When {
        When {
            weekdays: Weekdays::ALL,
            hours: Hours::new(hours.0, hours.1).expect("hours"),
            first_day: date(2026, 1, 1),
            last_day: date(2026, 12, 31),
        }
    }

    fn visit(start: &str, minutes: i64) -> TimeRange {
        let start: Timestamp = start.parse().expect("a literal");
        TimeRange::new(start, start + jiff::SignedDuration::from_mins(minutes)).expect("a range")
    }

    #[test]
    fn hours_are_those_of_the_wall_before_and_after_the_clocks_change() {
        let mornings = when((8 * 60, 12 * 60));
        for (start, fits) in [
            // Winter: one hour ahead of UTC. Summer: two.
            ("2026-03-27T07:00:00Z", true),
            ("2026-03-27T06:45:00Z", false),
            ("2026-03-30T06:00:00Z", true),
            ("2026-03-30T10:00:00Z", false),
            ("2026-10-23T06:00:00Z", true),
            ("2026-10-26T06:00:00Z", false),
            ("2026-10-26T10:30:00Z", true),
            ("2026-10-26T10:45:00Z", false),
        ] {
            assert_eq!(mornings.fits(&zone(), visit(start, 30)), fits, "{start}");
        }
    }

    #[test]
    fn in_the_night_when_an_hour_happens_twice_both_count() {
        let night = when((2 * 60, 3 * 60));
        for start in ["2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z"] {
            assert!(night.fits(&zone(), visit(start, 30)), "{start}");
        }
        // The hour that is skipped holds no visit: two o'clock is three.
        assert!(!night.fits(&zone(), visit("2026-03-29T01:00:00Z", 30)));
    }

    #[test]
    fn a_visit_may_end_at_midnight_and_not_after() {
        let evenings = when((22 * 60, 24 * 60));
        assert!(evenings.fits(&zone(), visit("2026-07-01T21:30:00Z", 30)));
        assert!(!evenings.fits(&zone(), visit("2026-07-01T21:45:00Z", 30)));
        assert!(when((0, 24 * 60)).fits(&zone(), visit("2026-07-01T21:45:00Z", 30)), "any hour is any hour");
    }

    #[test]
    fn days_are_counted_on_the_wall() {
        let tuesdays = When {
            weekdays: Weekdays::of(&[Weekday::Tuesday]).expect("one"),
            last_day: date(2026, 7, 7),
            ..when((0, 1440))
        };
        // Ten past midnight in Paris, still Monday in Greenwich.
        assert!(tuesdays.fits(&zone(), visit("2026-07-06T22:10:00Z", 15)));
        assert!(
            !tuesdays.fits(&zone(), visit("2026-07-07T22:10:00Z", 15)),
            "a Wednesday, and after the last day"
        );
        assert_eq!(tuesdays.weekdays.days().collect::<Vec<_>>(), [Weekday::Tuesday]);
        assert_eq!(Weekdays::ALL.days().count(), 7);
        assert_eq!(Weekdays::of(&[]), None);
    }

    #[test]
    fn hours_are_forwards_and_within_a_day() {
        for (from, until) in [(600, 600), (700, 600), (0, 1441)] {
            assert_eq!(Hours::new(from, until), None);
        }
    }
}
