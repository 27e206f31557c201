//! Schedules in few words.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use rendez_domain::availability::{
    Closure, HolidayCalendar, Opening, OpeningRule, Schedule, ScheduleLocation, TimeOff, VisitType,
    WhoMayBook, slots,
};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, OpeningId, OrganizationId, PractitionerId, TimeOffId, VisitTypeId};
use uuid::Uuid;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn range(start: &str, end: &str) -> TimeRange {
    TimeRange::new(at(start), at(end)).expect("a range")
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn time(text: &str) -> Time {
    text.parse().expect("a wall time")
}

pub(crate) fn location_id(number: u128) -> LocationId {
    LocationId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn visit_type_id(number: u128) -> VisitTypeId {
    VisitTypeId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn opening_id(number: u128) -> OpeningId {
    OpeningId::from_uuid(Uuid::from_u128(number))
}

/// The only visit type of a schedule that has one.
pub(crate) fn the_visit() -> VisitTypeId {
    visit_type_id(0)
}

pub(crate) fn location(number: u128, zone: &str) -> ScheduleLocation {
    ScheduleLocation {
        id: location_id(number),
        time_zone_name: zone.to_owned(),
        time_zone: TimeZone::get(zone).expect("a zone of the database"),
        organization: OrganizationId::from_uuid(Uuid::nil()),
    }
}

/// No buffers, no notice, a year's horizon.
pub(crate) fn visit(number: u128, duration_minutes: u32) -> VisitType {
    VisitType {
        id: visit_type_id(number),
        name: format!("{duration_minutes} minutes"),
        duration_minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        min_notice_minutes: 0,
        max_horizon_days: 365,
        hold_minutes: 30,
        telehealth: false,
        who_may_book: WhoMayBook::Anyone,
        room_kind: None,
        active: true,
    }
}

pub(crate) fn weekly(weekday: Weekday, starts: &str, ends: &str) -> OpeningRule {
    OpeningRule {
        location: location_id(0),
        weekday,
        starts: time(starts),
        ends: time(ends),
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    }
}

/// A practice with one location and one visit type, open never.
pub(crate) fn practice(zone: &str, duration_minutes: u32) -> Schedule {
    Schedule {
        practitioner: PractitionerId::from_uuid(Uuid::nil()),
        calendar: 1,
        organization: OrganizationId::from_uuid(Uuid::nil()),
        version: 1,
        active: true,
        accepts_new_patients: true,
        works_public_holidays: false,
        default_location: location_id(0),
        locations: vec![location(0, zone)],
        visit_types: vec![visit(0, duration_minutes)],
        rules: Vec::new(),
        closures: Vec::new(),
        openings: Vec::new(),
        time_off: Vec::new(),
        holidays: Arc::new(HolidayCalendar::default()),
    }
}

/// What is added to a practice, one after the other.
pub(crate) trait Building: Sized {
    fn open(self, weekday: Weekday, starts: &str, ends: &str) -> Self;
    fn opened_once(self, start: &str, end: &str) -> Self;
    fn closed(self, starts: &str, ends: &str) -> Self;
    fn away(self, start: &str, end: &str) -> Self;
    fn holiday(self, text: &str) -> Self;
    fn buffers(self, before: u32, after: u32) -> Self;
    /// The starts that are offered between two instants by somebody who asked long before, as UTC.
    fn starts(&self, from: &str, until: &str) -> Vec<String>;
    /// The same on the wall clock of the first location.
    fn walls(&self, from: &str, until: &str) -> Vec<DateTime>;
}

impl Building for Schedule {
    fn open(mut self, weekday: Weekday, starts: &str, ends: &str) -> Self {
        self.rules.push(weekly(weekday, starts, ends));
        self
    }

    fn opened_once(mut self, start: &str, end: &str) -> Self {
        let id = opening_id(self.openings.len() as u128);
        let location = self.default_location;
        self.openings.push(Opening { id, location, range: range(start, end), visit_types: Vec::new() });
        self
    }

    fn closed(mut self, starts: &str, ends: &str) -> Self {
        let wall = |text: &str| text.parse().expect("a wall time");
        self.closures.push(Closure { starts: wall(starts), ends: wall(ends) });
        self
    }

    fn away(mut self, start: &str, end: &str) -> Self {
        self.time_off.push(TimeOff { id: TimeOffId::from_uuid(Uuid::nil()), range: range(start, end) });
        self
    }

    fn holiday(mut self, text: &str) -> Self {
        self.holidays = Arc::new([date(text)].into_iter().collect());
        self
    }

    fn buffers(mut self, before: u32, after: u32) -> Self {
        self.visit_types[0].buffer_before_minutes = before;
        self.visit_types[0].buffer_after_minutes = after;
        self
    }

    fn starts(&self, from: &str, until: &str) -> Vec<String> {
        let window = range(from, until);
        slots(self, the_visit(), window, window.start(), &[], None)
            .iter()
            .map(|slot| slot.start.to_string())
            .collect()
    }

    fn walls(&self, from: &str, until: &str) -> Vec<DateTime> {
        let window = range(from, until);
        let zone = &self.locations[0].time_zone;
        slots(self, the_visit(), window, window.start(), &[], None)
            .iter()
            .map(|slot| zone.to_datetime(slot.start))
            .collect()
    }
}
