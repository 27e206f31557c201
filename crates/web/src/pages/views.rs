//! How people, slots and visits look on a page.

use std::collections::HashMap;

use jiff::Timestamp;
use rendez_domain::availability::{Slot, VisitType};
use rendez_domain::booking::{self, Appointment, Status};
use rendez_domain::directory::{self, Location, Practitioner};
use rendez_domain::identity;
use rendez_domain::search::card::{self, Card, CardLocation, CardSource};
use rendez_vocab::Actor;
use rendez_vocab::ids::{LocationId, PatientId, PractitionerId, SlotId, VisitTypeId};

use super::error::PageError;
use super::people::full_name;
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
    /// How they charge.
    pub(super) sector: String,
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
            sector: sector_named(visitor, card.sector),
            phone: telephone(visitor, phone),
            phone_digits: phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            telehealth: card.telehealth,
            accepts_new: card.accepts_new_patients,
        }
    }
}

/// Something the practice can say of a visit.
pub(super) struct Action {
    /// The status that it leads to.
    pub(super) value: &'static str,
    pub(super) text: String,
}

impl Action {
    /// Everything that can be said of a visit now; of one of which something was said, that it was not so.
    pub(super) fn of(visitor: &Visitor, visit: &Appointment, now: Timestamp) -> Vec<Self> {
        let outcomes = booking::outcomes(visit, now).iter().map(|outcome| {
            let value = outcome.status().as_str();
            Self { value, text: visitor.t(&format!("day-{value}")) }
        });
        let said = matches!(visit.status, Status::Arrived | Status::Fulfilled | Status::NoShow);
        let take_back =
            said.then(|| Self { value: Status::Booked.as_str(), text: visitor.t("day-take-back") });
        outcomes.chain(take_back).collect()
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

fn sector_named(visitor: &Visitor, code: Option<&str>) -> String {
    let sector = code.and_then(|code| visitor.ctx.pack.sector(code));
    sector.map(|sector| sector.name(visitor.locale.tag()).to_owned()).unwrap_or_default()
}

/// One decimal below ten kilometres, none above; the decimal comma where the language has one.
fn distance(visitor: &Visitor, km: f64) -> String {
    visitor.locale.decimal(km, if km < 10.0 { 1 } else { 0 })
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
    /// For whom, if it is somebody whom the visitor cares for.
    pub(super) for_whom: String,
    /// RFC 3339, for programs that read the page.
    pub(super) start: String,
    pub(super) when: String,
    /// The zone's name where it is not the region's own.
    pub(super) zone: String,
    pub(super) practitioner: String,
    pub(super) specialty: String,
    pub(super) visit_type: String,
    pub(super) address: String,
    /// A map that shows the way there, for a visit that is to come at a known place.
    pub(super) directions: String,
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
            for_whom: String::new(),
            start: visit.range.start().to_string(),
            when: when::moment(visitor.locale, &when::on_clock_of(&visit.time_zone, visit.range.start())),
            zone: when::zone_name(&visit.time_zone, visitor.ctx.pack.time_zone_name()),
            practitioner: name_of(person),
            specialty: specialty_of(visitor, person),
            visit_type: visit_type.map(|known| visit_type_text(visitor, known)).unwrap_or_default(),
            address: location.map(address).unwrap_or_default(),
            directions: location
                .filter(|_| visit.status == Status::Booked && !begun && !visit.telehealth)
                .and_then(directions)
                .unwrap_or_default(),
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

/// Where a map shows the way to a place. The map's host learns the place, and nothing about the visit or its patient.
fn directions(location: &Location) -> Option<String> {
    let (latitude, longitude) = (location.latitude?, location.longitude?);
    Some(format!("https://www.openstreetmap.org/directions?to={latitude:.5}%2C{longitude:.5}"))
}

/// The names of people whom the visitor cares for and whose visits these are; empty for the visitor's own.
async fn names(visitor: &Visitor, visits: &[Appointment]) -> Result<HashMap<PatientId, String>, PageError> {
    let Actor::Patient(own) = visitor.ctx.actor else { return Ok(HashMap::new()) };
    if visits.iter().all(|visit| visit.patient == own) {
        return Ok(HashMap::new());
    }
    let people = identity::people(&visitor.ctx).await?;
    Ok(people.iter().map(|person| (person.patient, full_name(person))).collect())
}

/// One visit with the name of whom it is for.
pub(super) async fn visit_view(
    visitor: &Visitor,
    visit: &Appointment,
    person: &Practitioner,
) -> Result<VisitView, PageError> {
    let for_whom = names(visitor, std::slice::from_ref(visit)).await?.remove(&visit.patient);
    Ok(VisitView { for_whom: for_whom.unwrap_or_default(), ..VisitView::new(visitor, visit, person) })
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
pub(super) async fn visit_views(
    visitor: &Visitor,
    visits: &[Appointment],
) -> Result<Vec<VisitView>, PageError> {
    let mut ids: Vec<PractitionerId> = visits.iter().map(|visit| visit.practitioner).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = directory::practitioners_by_id(&visitor.ctx, &ids).await?;
    let people: HashMap<PractitionerId, Practitioner> =
        people.into_iter().map(|person| (person.id, person)).collect();
    let names = names(visitor, visits).await?;
    let view = |visit: &Appointment| {
        let for_whom = names.get(&visit.patient).cloned().unwrap_or_default();
        Some(VisitView { for_whom, ..VisitView::new(visitor, visit, people.get(&visit.practitioner)?) })
    };
    Ok(visits.iter().filter_map(view).collect())
}
