//! How people, slots and visits look on a page.

use std::collections::HashMap;

use jiff::Timestamp;
use rendez_domain::availability::{Slot, VisitType};
use rendez_domain::booking::{Appointment, Status};
use rendez_domain::directory::{self, Location, Practitioner};
use rendez_domain::search::card::{self, Card, CardLocation, CardSource};
use rendez_platform::fault::Fault;
use rendez_vocab::ids::{LocationId, PractitionerId, SlotId, VisitTypeId};

use super::visitor::Visitor;
use super::when;

/// A practitioner on a card.
#[derive(Debug, Clone, Default)]
pub(super) struct Who {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) initials: String,
    pub(super) specialty: String,
    pub(super) address: String,
    pub(super) distance: String,
    pub(super) languages: String,
    pub(super) phone: String,
    pub(super) phone_digits: String,
    pub(super) telehealth: bool,
    pub(super) accepts_new: bool,
}

impl Who {
    /// The card of a practitioner.
    pub(super) fn new(visitor: &Visitor, person: &Practitioner) -> Self {
        let card = card::encode(&CardSource::from(person));
        let main = person.locations.first().map(|location| location.id);
        Card::read(&card)
            .map(|card| {
                Self::found(visitor, person.id, &card, main.and_then(|main| card.location(main)), None)
            })
            .unwrap_or_default()
    }

    /// The card of a search's result, at a place so many metres from where the visitor searched.
    pub(super) fn found(
        visitor: &Visitor,
        id: PractitionerId,
        card: &Card<'_>,
        location: Option<CardLocation<'_>>,
        metres: Option<u32>,
    ) -> Self {
        let initial =
            |name: &str| name.chars().next().into_iter().flat_map(char::to_uppercase).collect::<String>();
        let phone = card.phone.unwrap_or_default();
        Self {
            href: format!("/practitioners/{id}"),
            name: format!("{} {}", card.given_name, card.family_name),
            initials: format!("{}{}", initial(card.given_name), initial(card.family_name)),
            specialty: specialty_named(visitor, card.specialty),
            address: location
                .map(|at| on_one_line(at.line, at.postal_code, at.city, at.name))
                .unwrap_or_default(),
            // Nearer than that the coordinates themselves are not right.
            distance: metres
                .filter(|metres| *metres >= 50)
                .map(|metres| distance(visitor, f64::from(metres) / 1000.0))
                .map(|km| visitor.locale.text_with("distance-km", [("km", km.into())]))
                .unwrap_or_default(),
            languages: card.languages().map(|code| language(visitor, code)).collect::<Vec<_>>().join(", "),
            phone: telephone(visitor, phone),
            phone_digits: phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            telehealth: card.telehealth,
            accepts_new: card.accepts_new_patients,
        }
    }
}

/// A number as people of the country write it, in pairs of digits; as it is if it is no number of the country.
pub(super) fn telephone(visitor: &Visitor, number: &str) -> String {
    let form = visitor.ctx.pack.phone();
    let inside = (2..=4).find_map(|prefix| {
        let national = format!("0{}", number.get(prefix..)?);
        (form.international(&national).as_deref() == Some(number)).then_some(national)
    });
    let Some(national) = inside else { return number.to_owned() };
    let pairs = national.as_bytes().chunks(2).map(String::from_utf8_lossy);
    pairs.collect::<Vec<_>>().join("\u{a0}")
}

/// First and last name.
pub(super) fn name_of(person: &Practitioner) -> String {
    format!("{} {}", person.given_name, person.family_name)
}

fn specialty_of(visitor: &Visitor, person: &Practitioner) -> String {
    specialty_named(visitor, person.specialty.as_deref())
}

fn specialty_named(visitor: &Visitor, code: Option<&str>) -> String {
    let specialty = code.and_then(|code| visitor.ctx.pack.specialty(code));
    specialty.map(|specialty| specialty.name(visitor.locale.tag()).to_owned()).unwrap_or_default()
}

/// One decimal below ten kilometres, none above; the decimal comma where the language has one.
fn distance(visitor: &Visitor, km: f64) -> String {
    let text = if km < 10.0 { format!("{km:.1}") } else { format!("{km:.0}") };
    match visitor.locale {
        crate::i18n::Locale::Fr => text.replace('.', ","),
        crate::i18n::Locale::En => text,
    }
}

/// The name of a language, or its code in capitals where we have no word for it.
pub(super) fn language(visitor: &Visitor, code: &str) -> String {
    const NAMED: [&str; 16] =
        ["ar", "br", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "vi", "zh"];
    if NAMED.contains(&code) { visitor.t(&format!("language-{code}")) } else { code.to_uppercase() }
}

/// A place on one line, without the parts it does not have.
pub(super) fn address(location: &Location) -> String {
    on_one_line(&location.line, &location.postal_code, &location.city, &location.name)
}

fn on_one_line(line: &str, postal_code: &str, city: &str, name: &str) -> String {
    let join = |parts: [&str; 2], between: &str| {
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
    };
    let town = join([postal_code, city], " ");
    let text = join([line, &town], ", ");
    if text.is_empty() { name.to_owned() } else { text }
}

/// A time that can be taken by pressing it.
#[derive(Debug, Clone)]
pub(super) struct SlotButton {
    pub(super) id: String,
    /// `Thu 31 Dec`.
    pub(super) day: String,
    /// `10:00`.
    pub(super) time: String,
    /// The whole of it, for who does not see the table around it.
    pub(super) spoken: String,
    /// Unix seconds.
    pub(super) start: i64,
    /// Unix seconds.
    pub(super) end: i64,
    /// The town, where the practitioner works at several places.
    pub(super) place: String,
    /// Where to go on with it, if the visitor holds it already.
    pub(super) own: Option<String>,
}

impl SlotButton {
    /// The button of a slot, on the clock of its location.
    pub(super) fn new(visitor: &Visitor, person: &Practitioner, slot: &Slot) -> Self {
        let location = place_of(person, slot.location);
        let zone = location.map_or("UTC", |location| &location.time_zone);
        let place = location.filter(|_| person.locations.len() > 1).map(|location| location.city.clone());
        let button = Self::at(visitor, person.id, slot.visit_type, slot.start, slot.end, zone);
        Self { place: place.unwrap_or_default(), ..button }
    }

    /// The button of a time on the clock of a zone, without a place.
    pub(super) fn at(
        visitor: &Visitor,
        practitioner: PractitionerId,
        visit_type: VisitTypeId,
        start: Timestamp,
        end: Timestamp,
        zone: &str,
    ) -> Self {
        let at = when::on_clock_of(zone, start);
        Self {
            id: SlotId::new(practitioner, visit_type, start).to_string(),
            day: when::date_short(visitor.locale, at.date()),
            time: when::clock(at.time()),
            spoken: when::moment(visitor.locale, &at),
            start: start.as_second(),
            end: end.as_second(),
            place: String::new(),
            own: None,
        }
    }
}

fn place_of(person: &Practitioner, id: LocationId) -> Option<&Location> {
    person.locations.iter().find(|location| location.id == id).or(person.locations.first())
}

/// A visit type with its length.
pub(super) fn visit_type_text(visitor: &Visitor, visit_type: &VisitType) -> String {
    visitor.locale.text_with(
        "visit-type-minutes",
        [("name", visit_type.name.as_str().into()), ("minutes", visit_type.duration_minutes.into())],
    )
}

/// A visit.
#[derive(Debug, Clone)]
pub(super) struct VisitView {
    pub(super) id: String,
    /// RFC 3339, for programs that read the page.
    pub(super) start: String,
    pub(super) when: String,
    /// The zone's name where it is not the region's own.
    pub(super) zone: String,
    pub(super) practitioner: String,
    pub(super) specialty: String,
    pub(super) visit_type: String,
    pub(super) address: String,
    pub(super) telehealth: bool,
    pub(super) reason: String,
    pub(super) cancel_reason: String,
    pub(super) status_text: String,
    pub(super) status_kind: &'static str,
    pub(super) can_confirm: bool,
    pub(super) can_move: bool,
    pub(super) can_cancel: bool,
    /// Booked or held, and not begun.
    pub(super) is_ahead: bool,
    pub(super) is_over: bool,
    /// Where the same visit can be booked again.
    pub(super) again: String,
}

impl VisitView {
    /// A visit as its patient or its practice sees it.
    pub(super) fn new(visitor: &Visitor, visit: &Appointment, person: &Practitioner) -> Self {
        let begun = visit.range.start() <= visitor.ctx.clock.now();
        let live = matches!(visit.status, Status::Held | Status::Booked);
        let location = place_of(person, visit.location);
        let visit_type = person.visit_types.iter().find(|known| known.id == visit.visit_type);
        Self {
            id: visit.id.to_string(),
            start: visit.range.start().to_string(),
            when: when::moment(visitor.locale, &when::on_clock_of(&visit.time_zone, visit.range.start())),
            zone: when::zone_name(&visit.time_zone, visitor.ctx.pack.time_zone_name()),
            practitioner: name_of(person),
            specialty: specialty_of(visitor, person),
            visit_type: visit_type.map(|known| visit_type_text(visitor, known)).unwrap_or_default(),
            address: location.map(address).unwrap_or_default(),
            telehealth: visit.telehealth,
            reason: visit.reason.clone().unwrap_or_default(),
            cancel_reason: visit.cancel_reason.clone().unwrap_or_default(),
            status_text: status_text(visitor, visit.status),
            status_kind: status_kind(visit.status),
            can_confirm: visit.status == Status::Held && !begun,
            can_move: live && !begun,
            can_cancel: live && !begun,
            is_ahead: visit.status == Status::Booked && !begun,
            is_over: !live || begun,
            again: format!("/practitioners/{}?visit_type={}", visit.practitioner, visit.visit_type),
        }
    }
}

/// A status in words.
pub(super) fn status_text(visitor: &Visitor, status: Status) -> String {
    visitor.t(match status {
        Status::Held => "status-held",
        Status::Booked => "status-booked",
        Status::Arrived => "status-arrived",
        Status::Fulfilled => "status-fulfilled",
        Status::NoShow => "status-no-show",
        Status::Cancelled => "status-cancelled",
        Status::Expired => "status-expired",
    })
}

/// The class of the style sheet that colours a status.
pub(super) const fn status_kind(status: Status) -> &'static str {
    match status {
        Status::Held => "warn",
        Status::Booked | Status::Arrived | Status::Fulfilled => "good",
        Status::NoShow => "bad",
        Status::Cancelled | Status::Expired => "",
    }
}

/// The views of several visits, in their order. A visit whose practitioner is gone is left out.
pub(super) async fn visit_views(visitor: &Visitor, visits: &[Appointment]) -> Result<Vec<VisitView>, Fault> {
    let mut ids: Vec<PractitionerId> = visits.iter().map(|visit| visit.practitioner).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = directory::practitioners_by_id(&visitor.ctx, &ids).await?;
    let people: HashMap<PractitionerId, Practitioner> =
        people.into_iter().map(|person| (person.id, person)).collect();
    let view = |visit: &Appointment| Some(VisitView::new(visitor, visit, people.get(&visit.practitioner)?));
    Ok(visits.iter().filter_map(view).collect())
}
