//! A month at a glance: how many visits each day has, and where it leads.

use jiff::ToSpan;
use jiff::civil::Date;
use rendez_domain::agenda;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;

use super::super::error::PageError;
use super::super::visitor::Visitor;
use super::super::when;
use super::asked::{Question, View, zone_of};

/// Weeks of a month, from Monday to Sunday.
pub(super) struct Month {
    /// Each with its short form.
    pub(super) weekdays: Vec<(String, String)>,
    pub(super) weeks: Vec<Vec<Day>>,
}

/// A day of it.
pub(super) struct Day {
    pub(super) number: String,
    pub(super) spoken: String,
    pub(super) href: String,
    pub(super) count: i64,
    pub(super) today: bool,
    /// Of the month itself, not of its neighbours.
    pub(super) inside: bool,
    pub(super) holiday: String,
}

impl Month {
    /// The month that the question's date lies in.
    pub(super) async fn read(visitor: &Visitor, question: &Question) -> Result<Self, PageError> {
        let zone_name = question.people.first().map_or("UTC", zone_of);
        let zone = when::zone_named(zone_name);
        let first = question.date.first_of_month();
        let monday = when::monday_of(first);
        let days: Vec<Date> = (0..42).map(|day| when::days_after(monday, day)).collect();
        // Places in other zones begin and end their days at other instants.
        let from = when::start_of(when::days_after(monday, -1), &zone);
        let window = TimeRange::new(from, when::start_of(when::days_after(monday, 43), &zone))
            .map_err(|_| PageError::NotFound)?;
        let people: Vec<PractitionerId> = question.people.iter().map(|person| person.id).collect();
        let counts = agenda::visits_by_day(&visitor.ctx, &people, window).await?;
        let today = zone.to_datetime(visitor.ctx.clock.now()).date();
        let holidays = visitor.ctx.pack.holidays(monday.year()..=days[41].year());
        let day = |date: &Date| Day {
            number: date.day().to_string(),
            spoken: when::date_long(visitor.locale, *date),
            href: question.at(View::Day, *date),
            count: counts.iter().find(|(day, _)| day == date).map_or(0, |(_, count)| *count),
            today: *date == today,
            inside: date.month() == first.month(),
            holiday: holidays
                .iter()
                .find(|(holiday, _)| holiday == date)
                .map(|(_, name)| name.get(visitor.locale.tag()).to_owned())
                .unwrap_or_default(),
        };
        let weekday = |date: &Date| {
            let short = visitor.t(&format!("weekday-short-{}", date.weekday().to_monday_one_offset()));
            (when::weekday_name(visitor.locale, *date), short)
        };
        let next = first.checked_add(1.month()).unwrap_or(first);
        let weeks = days.chunks(7).filter(|week| week[0] < next).map(|week| week.iter().map(&day).collect());
        Ok(Self { weekdays: days[..7].iter().map(weekday).collect(), weeks: weeks.collect() })
    }
}
