//! What stands on a practice's door: where it is, and when it is open in an ordinary week.
//!
//! It knows neither bookings nor closures: free times are the week's.

use jiff::civil::Date;
use rendez_domain::directory::{self, Location, OpeningHours, Practitioner, WeeklyOpening};

use super::error::PageError;
use super::views::address;
use super::visitor::Visitor;
use super::when;

/// A place with its opening hours.
pub(super) struct Door {
    pub(super) name: String,
    pub(super) address: String,
    /// A map of whoever runs one, for who asks for it; empty without coordinates.
    pub(super) directions: String,
    /// The zone's name where it is not the region's own.
    pub(super) zone: String,
    /// From Monday on; empty if nothing is known.
    pub(super) days: Vec<OpenDay>,
}

/// An ordinary day of the week.
pub(super) struct OpenDay {
    pub(super) name: String,
    /// `09:00–12:30`, each with what restricts it; none when it is closed.
    pub(super) hours: Vec<String>,
    pub(super) today: bool,
}

/// The doors of a practitioner, the main one first.
pub(super) async fn doors(visitor: &Visitor, person: &Practitioner) -> Result<Vec<Door>, PageError> {
    let hours = directory::opening_hours(&visitor.ctx, person.id).await?;
    Ok(person.locations.iter().map(|location| Door::new(visitor, person, location, &hours)).collect())
}

impl Door {
    fn new(visitor: &Visitor, person: &Practitioner, location: &Location, hours: &OpeningHours) -> Self {
        let zone = when::zone_named(&location.time_zone);
        let today = zone.to_datetime(visitor.ctx.clock.now()).date();
        let main = person.locations.first().map(|main| main.id);
        let here =
            |rule: &&WeeklyOpening| rule.location.or(main) == Some(location.id) && is_valid(rule, today);
        let rules: Vec<&WeeklyOpening> = hours.weekly.iter().filter(here).collect();
        let monday = when::monday_of(today);
        let day = |offset: i64| {
            let date = when::days_after(monday, offset);
            let mut of_day: Vec<&&WeeklyOpening> =
                rules.iter().filter(|rule| rule.weekday == date.weekday()).collect();
            of_day.sort_by_key(|rule| rule.starts);
            OpenDay {
                name: when::weekday_name(visitor.locale, date),
                hours: of_day.into_iter().map(|rule| range(visitor, rule)).collect(),
                today: date == today,
            }
        };
        Self {
            name: location.name.clone(),
            address: address(location),
            directions: directions(location).unwrap_or_default(),
            zone: when::zone_name(&location.time_zone, visitor.ctx.pack.time_zone_name()),
            days: if rules.is_empty() { Vec::new() } else { (0..7).map(day).collect() },
        }
    }
}

/// Whether a rule holds in the seven days from a date on.
fn is_valid(rule: &WeeklyOpening, today: Date) -> bool {
    rule.valid_from.is_none_or(|from| from <= when::days_after(today, 6))
        && rule.valid_until.is_none_or(|until| until >= today)
}

fn range(visitor: &Visitor, rule: &WeeklyOpening) -> String {
    let range = format!("{}–{}", when::clock(rule.starts), when::clock(rule.ends));
    match rule.every_weeks {
        0 | 1 => range,
        weeks => {
            visitor.locale.text_with("door-every-weeks", [("hours", range.into()), ("weeks", weeks.into())])
        }
    }
}

/// Where OpenStreetMap shows the way. Only the practice's own coordinates stand in it.
pub(super) fn directions(location: &Location) -> Option<String> {
    let (latitude, longitude) = location.latitude.zip(location.longitude)?;
    Some(format!("https://www.openstreetmap.org/directions?to={latitude:.5}%2C{longitude:.5}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date, time};

    use super::*;

    #[test]
    fn a_rule_is_shown_while_it_holds_this_week() {
        let rule = |valid_from, valid_until| WeeklyOpening {
            weekday: Weekday::Monday,
            starts: time(9, 0, 0, 0),
            ends: time(12, 0, 0, 0),
            location: None,
            visit_types: Vec::new(),
            valid_from,
            valid_until,
            every_weeks: 1,
        };
        let today = date(2026, 12, 30);
        assert!(is_valid(&rule(None, None), today));
        assert!(is_valid(&rule(Some(date(2027, 1, 5)), None), today));
        assert!(!is_valid(&rule(Some(date(2027, 1, 6)), None), today));
        assert!(!is_valid(&rule(None, Some(date(2026, 12, 29))), today));
    }
}
