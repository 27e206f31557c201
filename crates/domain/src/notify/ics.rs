//! A visit as an iCalendar object (RFC 5545), with the method of RFC 5546 (iTIP).
//!
//! Times are written in UTC, so no VTIMEZONE is needed and no calendar program can misread a zone. UID is the
//! appointment's id and SEQUENCE its version, so a moved or cancelled visit replaces the entry it made before.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarMethod,
    ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::AppointmentId;

/// What the receiver's calendar should do (RFC 5546 section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcsMethod {
    /// Add or update.
    Publish,
    /// Take out.
    Cancel,
}

impl IcsMethod {
    /// As the `method` parameter of `text/calendar` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Cancel => "CANCEL",
        }
    }
}

/// What a visit's entry says.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The appointment.
    pub id: AppointmentId,
    /// Its version.
    pub version: i64,
    /// When.
    pub range: TimeRange,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// One line: what and with whom.
    pub summary: String,
    /// One line: where.
    pub place: String,
}

/// A visit in a calendar that programs subscribe to.
pub(super) struct Entry {
    pub(super) visit: Visit,
    pub(super) is_cancelled: bool,
}

/// How often a program looks at a subscribed calendar.
const LOOK_EVERY: ICalendarDuration =
    ICalendarDuration { neg: false, weeks: 0, days: 0, hours: 1, minutes: 0, seconds: 0 };

/// Several visits as one calendar to subscribe to (RFC 7986). It has no method: it is no message to anybody.
pub(super) fn feed(entries: &[Entry]) -> String {
    let mut root = root();
    root.add_property(ICalendarProperty::Name, text("Rendez"));
    root.add_property(ICalendarProperty::Other("X-WR-CALNAME".to_owned()), text("Rendez"));
    root.add_property(ICalendarProperty::RefreshInterval, ICalendarValue::Duration(LOOK_EVERY));
    root.component_ids = (1..).take(entries.len()).collect();
    let events = entries.iter().map(|entry| event(&entry.visit, entry.is_cancelled));
    ICalendar { components: std::iter::once(root).chain(events).collect() }.to_string()
}

fn root() -> ICalendarComponent {
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(ICalendarProperty::Version, text("2.0"));
    root.add_property(ICalendarProperty::Prodid, text("-//Rendez//Rendez//EN"));
    root
}

/// The iCalendar object as text, lines folded and ended by CRLF.
pub fn calendar(visit: &Visit, method: IcsMethod) -> String {
    let mut root = root();
    root.add_property(
        ICalendarProperty::Method,
        ICalendarValue::Method(match method {
            IcsMethod::Publish => ICalendarMethod::Publish,
            IcsMethod::Cancel => ICalendarMethod::Cancel,
        }),
    );
    root.component_ids = vec![1];
    let event = event(visit, method == IcsMethod::Cancel);
    ICalendar { components: vec![root, event] }.to_string()
}

fn event(visit: &Visit, is_cancelled: bool) -> ICalendarComponent {
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&format!("{}@rendez", visit.id));
    event.add_dtstamp(utc(visit.changed_at));
    event.add_sequence(visit.version);
    event.add_property(ICalendarProperty::Dtstart, instant(visit.range.start()));
    event.add_property(ICalendarProperty::Dtend, instant(visit.range.end()));
    event.add_property(ICalendarProperty::Summary, text(&visit.summary));
    if !visit.place.is_empty() {
        event.add_property(ICalendarProperty::Location, text(&visit.place));
    }
    event.add_property(
        ICalendarProperty::Status,
        ICalendarValue::Status(match is_cancelled {
            false => ICalendarStatus::Confirmed,
            true => ICalendarStatus::Cancelled,
        }),
    );
    event
}

fn text(value: &str) -> ICalendarValue {
    ICalendarValue::Text(value.to_owned())
}

fn instant(at: Timestamp) -> ICalendarValue {
    ICalendarValue::PartialDateTime(Box::new(utc(at)))
}

fn utc(at: Timestamp) -> PartialDateTime {
    let civil = TimeZone::UTC.to_datetime(at);
    let small = |value: i8| u8::try_from(value).ok();
    PartialDateTime {
        year: u16::try_from(civil.year()).ok(),
        month: small(civil.month()),
        day: small(civil.day()),
        hour: small(civil.hour()),
        minute: small(civil.minute()),
        second: small(civil.second()),
        tz_hour: Some(0),
        tz_minute: Some(0),
        tz_minus: false,
    }
}

#[cfg(test)]
mod tests {
    use rendez_vocab::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn a_visit_reads_as_rfc_5545_wants_it() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a literal");
        let visit = Visit {
            id: AppointmentId::new(Timestamp::UNIX_EPOCH, &SeededEntropy::new(1)),
            version: 2,
            range: TimeRange::new(at("2026-12-30T10:00:00Z"), at("2026-12-30T10:15:00Z")).expect("a range"),
            changed_at: at("2026-12-01T08:00:00Z"),
            summary: "Consultation; Dr Le Goff, Hélène".into(),
            place: "1 rue de l’Église, 35000 Rennes".into(),
        };
        let ics = calendar(&visit, IcsMethod::Publish);
        for line in [
            "BEGIN:VCALENDAR\r\n",
            "METHOD:PUBLISH\r\n",
            "DTSTART:20261230T100000Z\r\n",
            "DTEND:20261230T101500Z\r\n",
            "DTSTAMP:20261201T080000Z\r\n",
            "SEQUENCE:2\r\n",
            "SUMMARY:Consultation\\; Dr Le Goff\\, Hélène\r\n",
            "STATUS:CONFIRMED\r\n",
            "END:VEVENT\r\n",
        ] {
            assert!(ics.contains(line), "{line:?} is missing in\n{ics}");
        }
        assert!(calendar(&visit, IcsMethod::Cancel).contains("METHOD:CANCEL\r\n"));
    }
}
