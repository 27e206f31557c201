//! What the form of the waiting list says: read from an address or from the form itself, and made a wish.
//!
//! Invariant: [`Asked::address`] of what was read leads to the same form. It takes the names of the search's address, so
//! that a search becomes a wish by one link.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use rendez_domain::directory::{self, Practitioner};
use rendez_domain::search;
use rendez_domain::waiting::{FARTHEST_KM, Hours, NewWish, Target, Weekdays};
use rendez_vocab::ids::PatientId;

use super::super::error::{PageError, query_value};
use super::super::form::Posted;
use super::super::visitor::Visitor;
use super::specialty;
use super::views::Form;

/// Days of the week as addresses and fields name them, from Monday on.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The radii that can be chosen, in kilometres.
pub(super) const DISTANCES: [u16; 5] = [5, 10, 30, 50, 100];
/// The radius when none is chosen.
const USUAL_DISTANCE: u16 = 30;
/// How many weeks a wish reaches when nothing is said.
const USUAL_WEEKS: i64 = 4;
/// The hours that can be chosen.
pub(super) const HOURS: std::ops::RangeInclusive<u16> = 6..=22;

/// What the form says. Texts stand as they were typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) practitioner: String,
    pub(super) visit_type: String,
    pub(super) specialty: String,
    pub(super) place: String,
    pub(super) distance: u16,
    pub(super) days: [bool; 7],
    /// A whole hour of the day; none for any.
    pub(super) from_hour: Option<u16>,
    pub(super) until_hour: Option<u16>,
    pub(super) first: String,
    pub(super) last: String,
    /// What has just been done.
    pub(super) done: String,
}

impl Asked {
    /// Reads an address. What it does not say is as most people want it.
    pub(super) fn of_address(visitor: &Visitor, pairs: Vec<(String, String)>) -> Self {
        let today = today(visitor);
        let last = today.checked_add(USUAL_WEEKS.weeks()).unwrap_or(today);
        let mut asked = Self {
            distance: USUAL_DISTANCE,
            first: today.to_string(),
            last: last.to_string(),
            ..Self::default()
        };
        for (name, value) in pairs {
            asked.take(&name, value.trim());
        }
        if asked.days == [false; 7] {
            asked.days = [true; 7];
        }
        asked
    }

    /// Reads the form.
    pub(super) fn of_form(posted: &Posted) -> Self {
        let mut asked = Self { distance: USUAL_DISTANCE, ..Self::default() };
        let fields = [
            "practitioner",
            "visit_type",
            "specialty",
            "place",
            "distance",
            "from_hour",
            "until_hour",
            "date",
            "until",
        ];
        for name in fields.into_iter().chain(DAYS) {
            asked.take(name, posted.field(name));
        }
        asked
    }

    fn take(&mut self, name: &str, value: &str) {
        let short = || value.chars().take(100).collect::<String>();
        let hour = |value: &str| value.parse().ok().filter(|hour| HOURS.contains(hour));
        match name {
            "practitioner" => self.practitioner = short(),
            "visit_type" => self.visit_type = short(),
            "specialty" => self.specialty = short(),
            "place" => self.place = short(),
            "distance" => {
                let km = value.parse().ok().filter(|km| *km > 0);
                self.distance = km.map_or(USUAL_DISTANCE, |km: u16| km.min(FARTHEST_KM));
            }
            "days" => value.split(',').for_each(|day| self.mark(day)),
            "from_hour" => self.from_hour = hour(value),
            "until_hour" => self.until_hour = hour(value),
            // A part of the day, as the search names it.
            "hours" => {
                (self.from_hour, self.until_hour) = match value {
                    "morning" => (None, Some(12)),
                    "afternoon" => (Some(12), Some(18)),
                    "evening" => (Some(18), None),
                    _ => (self.from_hour, self.until_hour),
                };
            }
            "date" if !value.is_empty() => self.first = short(),
            "until" if !value.is_empty() => self.last = short(),
            "done" => self.done = short(),
            day if !value.is_empty() => self.mark(day),
            _ => {}
        }
    }

    fn mark(&mut self, day: &str) {
        if let Some(at) = DAYS.iter().position(|known| *known == day) {
            self.days[at] = true;
        }
    }

    /// The address of the form as it stands.
    pub(super) fn address(&self) -> String {
        let hour = |hour: Option<u16>| hour.map(|hour| hour.to_string()).unwrap_or_default();
        let days: Vec<&str> =
            DAYS.into_iter().zip(self.days).filter(|(_, chosen)| *chosen).map(|(day, _)| day).collect();
        let fields = [
            ("practitioner", self.practitioner.clone()),
            ("visit_type", self.visit_type.clone()),
            ("specialty", self.specialty.clone()),
            ("place", self.place.clone()),
            ("distance", self.distance.to_string()),
            ("days", days.join(",")),
            ("from_hour", hour(self.from_hour)),
            ("until_hour", hour(self.until_hour)),
            ("date", self.first.clone()),
            ("until", self.last.clone()),
        ];
        let pairs = fields.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", query_value(value))).collect();
        format!("/waiting?{}", query.join("&"))
    }

    /// The practitioner that it names, if there is one with whom somebody can book.
    pub(super) async fn person(&self, visitor: &Visitor) -> Result<Option<Practitioner>, PageError> {
        let Ok(id) = self.practitioner.parse() else { return Ok(None) };
        match directory::practitioner(&visitor.ctx, id).await {
            Ok(person) => Ok(Some(person).filter(|person| person.active)),
            Err(refusal) => match PageError::from(refusal) {
                PageError::NotFound => Ok(None),
                other => Err(other),
            },
        }
    }

    /// The wish, or nothing: then the form says at each field what is wrong with it.
    pub(super) fn judge(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        person: Option<&Practitioner>,
        form: &mut Form,
    ) -> Option<NewWish> {
        let target = match person {
            Some(person) => {
                let known = person.visit_types.iter().filter(|known| known.active);
                let visit_type = known.into_iter().find(|known| known.id.to_string() == self.visit_type);
                if visit_type.is_none() {
                    form.mark("visit_type", visitor.t("waiting-wrong-visit-type"));
                }
                visit_type.map(|known| Target::Practitioner { practitioner: person.id, visit_type: known.id })
            }
            None => self.area(visitor, form),
        };
        let chosen = DAYS.iter().zip(self.days).enumerate().filter(|(_, (_, chosen))| *chosen);
        let days: Vec<Weekday> = chosen
            .filter_map(|(at, _)| Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok())
            .collect();
        let weekdays = Weekdays::of(&days);
        if weekdays.is_none() {
            form.mark("days", visitor.t("waiting-wrong-days"));
        }
        let hours = Hours::new(self.from_hour.unwrap_or(0) * 60, self.until_hour.unwrap_or(24) * 60);
        if hours.is_none() {
            form.mark("until_hour", visitor.t("waiting-wrong-hours"));
        }
        let mut date = |name: &'static str, text: &str| {
            let read = text.parse::<Date>().ok().filter(|date| (2000..=2199).contains(&date.year()));
            if read.is_none() {
                form.mark(name, visitor.t("waiting-wrong-date"));
            }
            read
        };
        let (first_day, last_day) = (date("date", &self.first), date("until", &self.last));
        Some(NewWish {
            patient,
            target: target?,
            weekdays: weekdays?,
            hours: hours?,
            first_day: first_day?,
            last_day: last_day?,
        })
    }

    fn area(&self, visitor: &Visitor, form: &mut Form) -> Option<Target> {
        let specialty = specialty(visitor, &self.specialty);
        if specialty.is_none() {
            form.mark("specialty", visitor.t("waiting-wrong-specialty"));
        }
        let town = search::town(visitor.ctx.pack, &self.place);
        if town.is_none() {
            form.mark("place", visitor.t("waiting-wrong-place"));
        }
        let (specialty, town) = (specialty?, town?);
        Some(Target::Area {
            specialty: specialty.code.clone(),
            place: town.place.name.clone(),
            latitude: town.place.latitude,
            longitude: town.place.longitude,
            radius_km: self.distance,
            most_minutes: None,
        })
    }
}

/// Today on the region's clock.
pub(super) fn today(visitor: &Visitor) -> Date {
    visitor.ctx.pack.time_zone().to_datetime(visitor.ctx.clock.now()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_an_address_that_leads_to_it() {
        let mut asked = Asked { distance: 10, ..Asked::default() };
        for (name, value) in [
            ("specialty", "dermatology"),
            ("place", "Saint-Malo"),
            ("days", "mon,sat"),
            ("hours", "evening"),
            ("date", "2026-12-30"),
            ("until", "2027-01-30"),
        ] {
            asked.take(name, value);
        }
        let address = asked.address();
        assert_eq!(
            address,
            "/waiting?specialty=dermatology&place=Saint-Malo&distance=10&days=mon%2Csat&from_hour=18&date=2026-12-30&until=2027-01-30"
        );
        let mut again = Asked::default();
        for pair in address.trim_start_matches("/waiting?").replace("%2C", ",").split('&') {
            let (name, value) = pair.split_once('=').expect("a pair");
            again.take(name, value);
        }
        assert_eq!(again, asked);
    }

    #[test]
    fn nonsense_counts_as_left_out() {
        let mut asked = Asked { distance: 30, ..Asked::default() };
        for (name, value) in [
            ("distance", "-3"),
            ("distance", ""),
            ("from_hour", "25"),
            ("days", "someday"),
            ("zzz", "1"),
            ("hours", "night"),
        ] {
            asked.take(name, value);
        }
        assert_eq!(asked, Asked { distance: 30, ..Asked::default() });
        asked.take("distance", "300");
        assert_eq!(asked.distance, FARTHEST_KM);
    }
}
