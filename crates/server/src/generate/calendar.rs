//! The coming days in each zone of the country: where they begin, and which are holidays.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use rendez_domain::regions::Pack;
use rendez_platform::fault::Fault;

/// How many days ahead practitioners have visits.
pub(super) const DAYS_AHEAD: i64 = 60;

/// A day on the wall of a zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    /// Which day of the week.
    pub(super) weekday: Weekday,
    /// Whether it is a public holiday.
    pub(super) holiday: bool,
    /// Unix seconds of its midnight, if its clocks are those of its noon. Nobody works while clocks change.
    midnight: i64,
}

impl Day {
    /// Unix seconds of a time on the wall, in minutes after midnight.
    pub(super) fn at(&self, minutes: i64) -> i64 {
        self.midnight + minutes * 60
    }
}

/// The coming days from today, by the name of the zone.
pub(super) struct ComingDays(BTreeMap<String, Vec<Day>>);

impl ComingDays {
    /// The days of every zone of the country.
    pub(super) fn new(pack: &Pack, today: Date) -> Result<Self, Fault> {
        let years = today.year()..=today.year() + 1;
        let holidays: Vec<Date> = pack.holidays(years).into_iter().map(|(date, _)| date).collect();
        let mut zones = BTreeMap::new();
        for name in pack.time_zone_names() {
            let zone = TimeZone::get(name).map_err(|error| Fault::new("reading a time zone", error))?;
            let days = (0..DAYS_AHEAD).map(|ahead| {
                let date = today.checked_add(ahead.days())?;
                let noon = zone.to_timestamp(date.to_datetime(time(12, 0, 0, 0)))?;
                Ok(Day {
                    weekday: date.weekday(),
                    holiday: holidays.contains(&date),
                    midnight: noon.as_second() - 12 * 3600,
                })
            });
            let days = days.collect::<Result<Vec<Day>, jiff::Error>>();
            zones.insert(
                name.to_owned(),
                days.map_err(|error| Fault::new("counting the coming days", error))?,
            );
        }
        Ok(Self(zones))
    }

    /// The days in a zone; none for a zone that the country does not have.
    pub(super) fn of(&self, zone: &str) -> &[Day] {
        self.0.get(zone).map_or(&[], Vec::as_slice)
    }
}
