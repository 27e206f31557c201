//! Booking for a caller: an empty time, the visit, the patient; and what stands in the way.
//!
//! Invariant: pressing a patient's name is the booking. Whatever cannot be done is told on the same page with everything
//! that was typed. A time that is not free is overbooked only with a reason.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rendez_domain::Ctx;
use rendez_domain::availability::VisitType;
use rendez_domain::booking::{self, Appointment, BookingRefusal, HoldRequest, OverbookRequest};
use rendez_domain::directory::{self, NewPatient, Patient, Practitioner};
use rendez_domain::idempotency::Answer;
use rendez_domain::identity::access;
use rendez_vocab::Actor;
use rendez_vocab::ids::{PatientId, PractitionerId, SlotId, VisitTypeId};
use serde::Deserialize;
use serde_json::json;

use super::super::error::PageError;
use super::super::form::Posted;
use super::super::page::Page;
use super::super::query::Lenient;
use super::super::sign_up::is_address;
use super::super::views::{name_of, visit_type_text};
use super::super::visitor::{Visitor, go};
use super::super::when;
use super::asked::{came_from, is_near, may_manage, way_back, zone_of};
use super::finding::{Found, search};
use super::why::{self, Why};
use super::words::{can_overbook, refused};

/// What a note or a reason holds, in characters.
const NOTE: usize = 500;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    start: String,
    /// Where a range ends that was drawn over the agenda.
    #[serde(default)]
    end: String,
    #[serde(default)]
    visit_type: String,
}

/// A time of a practitioner that the desk wants to use.
pub(super) struct Wanted {
    pub(super) person: Practitioner,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
}

/// A visit type to choose.
struct Choice {
    id: String,
    text: String,
    chosen: bool,
}

/// A field of somebody new.
struct NewField {
    name: &'static str,
    label: String,
    kind: &'static str,
    max: usize,
    required: bool,
    value: String,
    wrong: Option<String>,
}

/// An absence that lies over the time.
struct Away {
    id: String,
    text: String,
}

/// What was typed so far.
#[derive(Default)]
struct Typed {
    back: String,
    q: String,
    note: String,
    overbook_reason: String,
    new: Vec<NewField>,
}

/// What the page says beyond that.
#[derive(Default)]
struct Told {
    refusal: String,
    reason_wrong: bool,
    found: Vec<Found>,
    searched: bool,
    similar: Vec<Found>,
    new_open: bool,
}

#[derive(Template)]
#[template(path = "agenda_book.html")]
struct BookPage {
    page: Page,
    when: String,
    zone: String,
    who: String,
    practitioner: String,
    start: String,
    end: String,
    time: String,
    until: String,
    types: Vec<Choice>,
    typed: Typed,
    told: Told,
    why: Why,
    away: Vec<Away>,
}

/// `GET /practice/book`
pub(in crate::pages) async fn form(
    visitor: Visitor,
    headers: HeaderMap,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let wanted = Wanted::read(&visitor, &asked.practitioner, &asked.start, &asked.end).await?;
            let visit_type = chosen(&wanted, &asked.visit_type);
            let typed =
                Typed { back: came_from(&headers), new: new_fields(&visitor, |_| ""), ..Typed::default() };
            let page = page(&visitor, &wanted, visit_type, typed, Told::default()).await?;
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /practice/book`
pub(in crate::pages) async fn book(posted: Posted) -> Response {
    posted
        .answer(async {
            access::practice(&posted.ctx.actor)?;
            let field = |name: &str| posted.field(name);
            let mut wanted =
                Wanted::read(posted.visitor(), field("practitioner"), field("start"), field("end")).await?;
            wanted.retime(field("time"));
            let visit_type = chosen(&wanted, field("visit_type"));
            let mut typed = Typed {
                back: field("back").to_owned(),
                q: field("q").to_owned(),
                note: posted.short_text("note", NOTE).unwrap_or_default(),
                overbook_reason: posted.short_text("overbook_reason", NOTE).unwrap_or_default(),
                new: new_fields(posted.visitor(), |name| posted.field(name)),
            };
            let mut told = Told::default();
            let somebody = somebody(&posted, &wanted, &mut typed, &mut told).await?;
            let mut status = StatusCode::OK;
            if let (Some(patient), Some(visit_type)) = (&somebody, visit_type) {
                match carry_out(&posted, &wanted, visit_type, patient.id, &typed).await {
                    Ok(visit) => {
                        let back = way_back(&typed.back, wanted.person.id, wanted.date());
                        return Ok(go(&format!("{back}&done=booked&about={}", visit.id)));
                    }
                    Err(refusal) => {
                        status = StatusCode::CONFLICT;
                        told.reason_wrong = can_overbook(&refusal);
                        told.refusal = told_refusal(&posted, refusal)?;
                        told.found = vec![Found::new(posted.visitor(), patient)];
                    }
                }
            } else if typed.new.iter().any(|field| field.wrong.is_some()) {
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
            let page = page(posted.visitor(), &wanted, visit_type, typed, told).await?;
            Ok(posted.show(status, &page))
        })
        .await
}

/// Whom the desk means: a patient whose name was pressed, or one who is entered now. `None` while that is not settled.
async fn somebody(
    posted: &Posted,
    wanted: &Wanted,
    typed: &mut Typed,
    told: &mut Told,
) -> Result<Option<Patient>, PageError> {
    let visitor = posted.visitor();
    if !posted.field("patient").is_empty() {
        let id: PatientId = posted.field("patient").parse().map_err(|_| PageError::NotFound)?;
        return Ok(Some(directory::patient(&posted.ctx, id).await?));
    }
    match posted.field("step") {
        step @ ("new" | "new-all-the-same") => {
            told.new_open = true;
            let Some(new) = judge_new(posted, typed) else { return Ok(None) };
            if step == "new" {
                let similar = directory::similar_patients(
                    &posted.ctx,
                    &new.given_name,
                    &new.family_name,
                    new.birth_date,
                    new.phone.as_deref(),
                )
                .await?;
                if !similar.is_empty() {
                    told.similar = similar.iter().map(|patient| Found::new(visitor, patient)).collect();
                    return Ok(None);
                }
            }
            enter(posted, new, wanted).await.map(Some)
        }
        _ => {
            told.found = search(visitor, &typed.q).await?;
            told.searched = true;
            Ok(None)
        }
    }
}

/// Enters somebody new at the practice that they will visit, once however often the form is sent.
async fn enter(posted: &Posted, new: NewPatient, wanted: &Wanted) -> Result<Patient, PageError> {
    let about = [new.given_name.as_str(), new.family_name.as_str()].join("\n");
    let ctx = posted.once("POST /practice/book patient", &[&about]);
    // Who works for several practices enters nobody into the books of another.
    let here = wanted.person.organization;
    let actor = match &ctx.actor {
        Actor::Staff { subject, organizations } if organizations.contains(&here) => {
            Actor::Staff { subject: subject.clone(), organizations: vec![here] }
        }
        other => other.clone(),
    };
    let ctx = Ctx { actor, ..ctx };
    let made = directory::create_patient(&ctx, new, |made| json!({ "id": made.id.to_string() })).await?;
    match made {
        Answer::Fresh(patient) => Ok(patient),
        Answer::Replayed(stored) => {
            let id = stored.answer["id"].as_str().and_then(|id| id.parse().ok());
            Ok(directory::patient(&posted.ctx, id.ok_or(PageError::NotFound)?).await?)
        }
    }
}

/// Books at once, or over others if there is a reason to and no other way.
async fn carry_out(
    posted: &Posted,
    wanted: &Wanted,
    visit_type: &VisitType,
    patient: PatientId,
    typed: &Typed,
) -> Result<Appointment, BookingRefusal> {
    let slot = SlotId::new(wanted.person.id, visit_type.id, wanted.start);
    let about = [slot.to_string(), patient.to_string()];
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let reason = (!typed.note.is_empty()).then(|| typed.note.clone());
    let ctx = posted.once("POST /practice/book", &about);
    let request = HoldRequest { slot, patient, reason: reason.clone() };
    match booking::book_at_desk(&ctx, request).await {
        Err(refusal) if can_overbook(&refusal) && !typed.overbook_reason.is_empty() => {
            let ctx = posted.once("POST /practice/book over", &about);
            let request = OverbookRequest {
                practitioner: wanted.person.id,
                visit_type: visit_type.id,
                patient,
                start: wanted.start,
                end: None,
                overbook_reason: typed.overbook_reason.clone(),
                reason,
            };
            booking::overbook(&ctx, request).await
        }
        other => other,
    }
}

/// The refusal in words; what is no refusal of booking is passed on.
fn told_refusal(posted: &Posted, refusal: BookingRefusal) -> Result<String, PageError> {
    match PageError::from(refusal) {
        PageError::Refused(refusal) => Ok(refused(posted.visitor(), &refusal)),
        other => Err(other),
    }
}

impl Wanted {
    /// A practitioner whose day the visitor may write into, and an instant.
    pub(super) async fn read(
        visitor: &Visitor,
        practitioner: &str,
        start: &str,
        end: &str,
    ) -> Result<Self, PageError> {
        let id: PractitionerId = practitioner.parse().map_err(|_| PageError::NotFound)?;
        let start: Timestamp = start.parse().map_err(|_| PageError::NotFound)?;
        let person = directory::practitioner(&visitor.ctx, id).await?;
        may_manage(visitor, &person)?;
        let wanted = Self { person, start, end: end.parse().ok().filter(|end| *end > start) };
        if is_near(wanted.date()) { Ok(wanted) } else { Err(PageError::NotFound) }
    }

    /// The day, on the practitioner's clock.
    pub(super) fn date(&self) -> Date {
        self.on_clock(self.start).date()
    }

    pub(super) fn on_clock(&self, at: Timestamp) -> jiff::Zoned {
        when::on_clock_of(zone_of(&self.person), at)
    }

    /// The same day at another time of the clock, if that is what was typed.
    fn retime(&mut self, typed: &str) {
        let Some(start) = self.at(typed) else { return };
        if when::clock(self.on_clock(self.start).time()) != typed {
            self.start = start;
            self.end = self.end.filter(|end| *end > start);
        }
    }

    /// The instant of a time of the clock on the same day.
    pub(super) fn at(&self, typed: &str) -> Option<Timestamp> {
        let time: Time = typed.parse().ok()?;
        let zone = when::zone_named(zone_of(&self.person));
        Some(self.date().to_datetime(time).to_zoned(zone).ok()?.timestamp())
    }
}

fn chosen<'a>(wanted: &'a Wanted, asked: &str) -> Option<&'a VisitType> {
    let active = || wanted.person.visit_types.iter().filter(|known| known.active);
    let asked: Option<VisitTypeId> = asked.parse().ok();
    let fitting = || {
        let minutes = wanted.end?.duration_since(wanted.start).as_mins();
        active().find(|known| i64::from(known.duration_minutes) == minutes)
    };
    active().find(|known| Some(known.id) == asked).or_else(fitting).or_else(|| active().next())
}

async fn page(
    visitor: &Visitor,
    wanted: &Wanted,
    visit_type: Option<&VisitType>,
    mut typed: Typed,
    told: Told,
) -> Result<BookPage, PageError> {
    typed.back = way_back(&typed.back, wanted.person.id, wanted.date());
    let start = wanted.on_clock(wanted.start);
    let why = match visit_type {
        Some(visit_type) => why::judge(visitor, &wanted.person, visit_type, wanted.start).await?,
        None => Why { against: vec![visitor.t("agenda-no-inactive")], ..Why::default() },
    };
    let until = wanted.end.unwrap_or(wanted.start + jiff::SignedDuration::from_mins(30));
    let until = wanted.on_clock(until);
    let until = if until.date() == start.date() { when::clock(until.time()) } else { "23:59".to_owned() };
    let away = directory::list_time_off(&visitor.ctx, wanted.person.id)
        .await?
        .into_iter()
        .filter(|absence| absence.range.contains_instant(wanted.start))
        .map(|absence| {
            let (from, to) = (wanted.on_clock(absence.range.start()), wanted.on_clock(absence.range.end()));
            let reason = absence.reason.filter(|reason| !reason.is_empty());
            let text = visitor.locale.text_with(
                "agenda-away-from-to",
                [
                    ("reason", reason.unwrap_or_else(|| visitor.t("agenda-away")).into()),
                    ("from", when::moment(visitor.locale, &from).into()),
                    ("to", when::moment(visitor.locale, &to).into()),
                ],
            );
            Away { id: absence.id.to_string(), text }
        })
        .collect();
    let types = wanted.person.visit_types.iter().filter(|known| known.active).map(|known| Choice {
        id: known.id.to_string(),
        text: visit_type_text(visitor, known),
        chosen: visit_type.is_some_and(|chosen| chosen.id == known.id),
    });
    Ok(BookPage {
        page: visitor.page(),
        when: when::moment(visitor.locale, &start),
        zone: when::zone_name(zone_of(&wanted.person), visitor.ctx.pack.time_zone_name()),
        who: name_of(&wanted.person),
        practitioner: wanted.person.id.to_string(),
        start: wanted.start.to_string(),
        end: wanted.end.map(|end| end.to_string()).unwrap_or_default(),
        time: when::clock(start.time()),
        until,
        types: types.collect(),
        typed,
        told,
        why,
        away,
    })
}

fn new_fields<'v>(visitor: &Visitor, typed: impl Fn(&str) -> &'v str) -> Vec<NewField> {
    // Name, label, kind, most characters, required.
    [
        ("given_name", "field-given-name", "text", 100, true),
        ("family_name", "field-family-name", "text", 100, true),
        ("birth_date", "field-birth-date", "text", 10, false),
        ("phone", "field-phone", "tel", 30, false),
        ("email", "field-email", "email", 254, false),
    ]
    .into_iter()
    .map(|(name, label, kind, max, required)| NewField {
        name,
        label: visitor.t(label),
        kind,
        max,
        required,
        value: typed(name).chars().take(max).collect(),
        wrong: None,
    })
    .collect()
}

/// Somebody new, if everything that was typed can be so; otherwise each wrong field says what is wrong.
fn judge_new(posted: &Posted, typed: &mut Typed) -> Option<NewPatient> {
    let value = |name: &str| {
        let field = typed.new.iter().find(|field| field.name == name);
        field.map(|field| field.value.trim().to_owned()).unwrap_or_default()
    };
    let (given_name, family_name) = (value("given_name"), value("family_name"));
    let (birth_date, phone, email) = (value("birth_date"), value("phone"), value("email"));
    let today = posted.ctx.pack.time_zone().to_datetime(posted.ctx.clock.now()).date();
    let born = directory::written_date(&birth_date)
        .filter(|date| *date <= today && date.year() >= today.year() - 130);
    let number = posted.ctx.pack.phone().international(&phone);
    let wrongs = [
        ("given_name", given_name.is_empty(), "agenda-wrong-name"),
        ("family_name", family_name.is_empty(), "agenda-wrong-name"),
        ("birth_date", !birth_date.is_empty() && born.is_none(), "agenda-wrong-birth-date"),
        ("phone", !phone.is_empty() && number.is_none(), "wrong-phone"),
        ("email", !email.is_empty() && !is_address(&email), "wrong-email"),
    ];
    for (name, is_wrong, key) in wrongs {
        for field in typed.new.iter_mut().filter(|field| is_wrong && field.name == name) {
            field.wrong = Some(posted.t(key));
        }
    }
    typed.new.iter().all(|field| field.wrong.is_none()).then(|| NewPatient {
        given_name,
        family_name,
        birth_date: born,
        email: (!email.is_empty()).then_some(email),
        phone: number,
        locale: Some(posted.ctx.pack.default_locale().to_owned()),
    })
}
