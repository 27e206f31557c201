//! How wishes and their form look on the page.

use std::collections::HashMap;

use jiff::civil::Weekday;
use rendez_domain::availability::VisitType;
use rendez_domain::directory::Practitioner;
use rendez_domain::regions::search_key;
use rendez_domain::waiting::{Ahead, Hours, Target, WaitingRefusal, Weekdays, Wish, WishStatus, WrongWish};
use rendez_vocab::ids::PractitionerId;

use super::super::error::PageError;
use super::super::views::{name_of, visit_type_text};
use super::super::visitor::Visitor;
use super::super::when;
use super::asked::{Asked, DAYS, DISTANCES, HOURS, today};
use super::specialty;

/// One of several.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// The form with what stands in it and what is wrong with it.
pub(super) struct Form {
    /// For a practitioner: who.
    pub(super) person: Option<String>,
    pub(super) practitioner: String,
    pub(super) visit_types: Vec<Choice>,
    pub(super) specialty: String,
    pub(super) specialties: Vec<String>,
    pub(super) place: String,
    pub(super) distances: Vec<Choice>,
    pub(super) days: Vec<Choice>,
    pub(super) from_hours: Vec<Choice>,
    pub(super) until_hours: Vec<Choice>,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) today: String,
    /// It was reached with something in it, or came back with something wrong: then it comes before the list.
    pub(super) is_begun: bool,
    wrong: Vec<(&'static str, String)>,
}

impl Form {
    pub(super) fn new(visitor: &Visitor, asked: &Asked, person: Option<&Practitioner>) -> Self {
        let known = person.into_iter().flat_map(|person| &person.visit_types).filter(|known| known.active);
        let visit_type = |known: &VisitType| Choice {
            value: known.id.to_string(),
            text: visit_type_text(visitor, known),
            chosen: known.id.to_string() == asked.visit_type,
        };
        let tag = visitor.locale.tag();
        let mut specialties: Vec<String> =
            visitor.ctx.pack.specialties().iter().map(|known| known.name(tag).to_owned()).collect();
        specialties.sort_by_cached_key(|name| search_key(name));
        let mut radii: Vec<u16> = DISTANCES.into_iter().chain([asked.distance]).collect();
        radii.sort_unstable();
        radii.dedup();
        let distance = |km: u16| Choice {
            value: km.to_string(),
            text: visitor.locale.text_with("distance-km", [("km", km.to_string().into())]),
            chosen: km == asked.distance,
        };
        let day = |(at, name): (usize, &str)| Choice {
            value: name.to_owned(),
            text: visitor.t(&format!("weekday-short-{}", at + 1)),
            chosen: asked.days[at],
        };
        let hours = |chosen: Option<u16>| {
            HOURS
                .map(|hour| Choice {
                    value: hour.to_string(),
                    text: format!("{hour:02}:00"),
                    chosen: chosen == Some(hour),
                })
                .collect()
        };
        Self {
            person: person.map(name_of),
            practitioner: person.map(|person| person.id.to_string()).unwrap_or_default(),
            visit_types: known.map(visit_type).collect(),
            specialty: specialty(visitor, &asked.specialty)
                .map_or_else(|| asked.specialty.clone(), |known| known.name(tag).to_owned()),
            specialties,
            place: asked.place.clone(),
            distances: radii.into_iter().map(distance).collect(),
            days: DAYS.into_iter().enumerate().map(day).collect(),
            from_hours: hours(asked.from_hour),
            until_hours: hours(asked.until_hour),
            first: asked.first.clone(),
            last: asked.last.clone(),
            today: today(visitor).to_string(),
            is_begun: person.is_some() || !asked.specialty.is_empty() || !asked.place.is_empty(),
            wrong: Vec::new(),
        }
    }

    /// What is wrong with a field.
    pub(super) fn wrong(&self, name: &str) -> Option<&str> {
        self.wrong.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str())
    }

    /// Everything that is wrong, with the field's id to go to.
    pub(super) fn all_wrong(&self) -> &[(&'static str, String)] {
        &self.wrong
    }

    pub(super) fn mark(&mut self, name: &'static str, text: String) {
        self.is_begun = true;
        self.wrong.push((name, text));
    }

    /// Says at its field what the domain refused; what no field can help is another page.
    pub(super) fn refuse(&mut self, visitor: &Visitor, refusal: WaitingRefusal) -> Result<(), PageError> {
        let (field, text) = match refusal {
            WaitingRefusal::AlreadyWished { .. } => ("until", visitor.t("waiting-wrong-same")),
            WaitingRefusal::TooManyWishes { limit } => {
                ("until", visitor.locale.text_with("waiting-too-many", [("limit", limit.into())]))
            }
            WaitingRefusal::Wrong(WrongWish::DaysReversed) => {
                ("until", visitor.t("waiting-wrong-days-reversed"))
            }
            WaitingRefusal::Wrong(WrongWish::Over) => ("until", visitor.t("waiting-wrong-over")),
            WaitingRefusal::Wrong(WrongWish::TooLong) => ("until", visitor.t("waiting-wrong-too-long")),
            other => return Err(other.into()),
        };
        self.mark(field, text);
        Ok(())
    }
}

/// A time that is kept for the visitor.
pub(super) struct OfferView {
    pub(super) when: String,
    /// RFC 3339, for programs that read the page.
    pub(super) start: String,
    pub(super) with: String,
    pub(super) zone: String,
    pub(super) until: String,
    pub(super) href: String,
}

/// A wish in the list.
pub(super) struct WishView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) when: String,
    pub(super) status_text: String,
    pub(super) status_kind: &'static str,
    /// Its place in the line, while it waits.
    pub(super) position: String,
    pub(super) offer: Option<OfferView>,
    pub(super) can_wait_again: bool,
}

impl WishView {
    pub(super) fn new(
        visitor: &Visitor,
        wish: &Wish,
        people: &HashMap<PractitionerId, Practitioner>,
    ) -> Self {
        let (title, detail) = target(visitor, wish, people);
        Self {
            id: wish.id.to_string(),
            title,
            detail,
            when: times(visitor, wish),
            status_text: visitor.t(match wish.status {
                WishStatus::Waiting => "waiting-status-waiting",
                WishStatus::Offered => "waiting-status-offered",
                WishStatus::Taken => "waiting-status-taken",
                WishStatus::Withdrawn => "waiting-status-withdrawn",
                WishStatus::Lapsed => "waiting-status-lapsed",
                WishStatus::Expired => "waiting-status-expired",
            }),
            status_kind: match wish.status {
                WishStatus::Offered => "warn",
                WishStatus::Taken => "good",
                _ => "",
            },
            position: wish.ahead.map(|ahead| position(visitor, ahead)).unwrap_or_default(),
            offer: offer(visitor, wish, people),
            can_wait_again: wish.status == WishStatus::Lapsed && wish.last_day >= today(visitor),
        }
    }
}

/// Of whom or of what, and where.
fn target(
    visitor: &Visitor,
    wish: &Wish,
    people: &HashMap<PractitionerId, Practitioner>,
) -> (String, String) {
    match &wish.target {
        Target::Practitioner { practitioner, visit_type } => {
            let Some(person) = people.get(practitioner) else { return (String::new(), String::new()) };
            let what = person.visit_types.iter().find(|known| known.id == *visit_type);
            (name_of(person), what.map(|known| visit_type_text(visitor, known)).unwrap_or_default())
        }
        Target::Area { specialty: code, place, radius_km, .. } => {
            let name = specialty(visitor, code).map(|known| known.name(visitor.locale.tag()).to_owned());
            let around = visitor.locale.text_with(
                "waiting-around",
                [("km", radius_km.to_string().into()), ("place", place.as_str().into())],
            );
            (name.unwrap_or_default(), around)
        }
    }
}

/// On which days, at which hours, until when.
fn times(visitor: &Visitor, wish: &Wish) -> String {
    let until = visitor
        .locale
        .text_with("waiting-until", [("date", when::date_short(visitor.locale, wish.last_day).into())]);
    [days(visitor, wish.weekdays), hours(visitor, wish.hours), until].join(" · ")
}

fn days(visitor: &Visitor, weekdays: Weekdays) -> String {
    if weekdays == Weekdays::ALL {
        return visitor.t("waiting-any-day");
    }
    let name = |day: Weekday| visitor.t(&format!("weekday-short-{}", day.to_monday_one_offset()));
    weekdays.days().map(name).collect::<Vec<_>>().join(", ")
}

fn hours(visitor: &Visitor, hours: Hours) -> String {
    let wall = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let (from, until) = (hours.from_minute(), hours.until_minute());
    let arguments = [("from", wall(from).into()), ("until", wall(until).into())];
    let key = match (from, until) {
        (0, 1440) => return visitor.t("waiting-any-hour"),
        (0, _) => "waiting-hours-until",
        (_, 1440) => "waiting-hours-from",
        _ => "waiting-hours-between",
    };
    visitor.locale.text_with(key, arguments)
}

fn position(visitor: &Visitor, ahead: Ahead) -> String {
    match ahead {
        Ahead::Exactly(count) => visitor.locale.text_with("waiting-ahead", [("count", count.into())]),
        Ahead::AtLeast(count) => visitor.locale.text_with("waiting-ahead-many", [("count", count.into())]),
    }
}

fn offer(
    visitor: &Visitor,
    wish: &Wish,
    people: &HashMap<PractitionerId, Practitioner>,
) -> Option<OfferView> {
    let offered = wish.offered.filter(|_| wish.status == WishStatus::Offered)?;
    let person = people.get(&offered.practitioner)?;
    let zone = person.locations.first().map_or("UTC", |location| location.time_zone.as_str());
    let deadline = when::on_clock_of(zone, offered.expires_at?);
    Some(OfferView {
        when: when::moment(visitor.locale, &when::on_clock_of(zone, offered.start)),
        start: offered.start.to_string(),
        with: name_of(person),
        zone: when::zone_name(zone, visitor.ctx.pack.time_zone_name()),
        until: when::moment(visitor.locale, &deadline),
        href: format!("/appointments/{}/confirm", offered.appointment),
    })
}
