//! The waiting list: wishes of patients.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use rendez_domain::Ctx;
use rendez_domain::search;
use rendez_domain::waiting::{
    self, Ahead, FARTHEST_KM, Hours, NewWish, Offered, Target, WaitingRefusal, Weekdays, Wish, WishFilter,
    WrongWish,
};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, VisitTypeId, WishId};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::{first, first_with, render, versioned};
use crate::extract::{ApiQuery, Command, Fields, FromFields, Id, Nothing, SignedIn, page, read};
use crate::problem::{FieldError, Problem, codes};

/// Of whom or around where, as the request says it.
enum Whom {
    Practitioner(PractitionerId, VisitTypeId),
    Area { specialty: String, place: Place, radius_km: u16, most_minutes: Option<u32> },
}

/// Where: a town of the region, or a position.
enum Place {
    Named(String),
    At(f64, f64),
}

/// What to wait for.
pub struct WishBody {
    patient: Option<PatientId>,
    whom: Whom,
    weekdays: Weekdays,
    hours: Hours,
    first_day: Option<Date>,
    last_day: Date,
}

/// A wish: for one practitioner (`practitioner_id`, `visit_type_id`), or for anybody of a specialty around a place
/// (`specialty`, `place` or `latitude` and `longitude`, `radius_km`).
#[derive(ToSchema)]
#[schema(as = NewWish)]
#[allow(dead_code, reason = "a schema: the body is read by `WishBody::read`")]
pub(crate) struct NewWishSchema {
    /// Who waits; patients wait for themselves without it.
    patient_id: Option<String>,
    /// With whom.
    practitioner_id: Option<String>,
    /// What of them.
    visit_type_id: Option<String>,
    /// A code of `GET /v1/specialties`.
    #[schema(example = "dermatology")]
    specialty: Option<String>,
    /// A town or postal code.
    #[schema(example = "Rennes")]
    place: Option<String>,
    /// Instead of a town.
    latitude: Option<f64>,
    /// Instead of a town.
    longitude: Option<f64>,
    /// How far around, 1 to 100; 30 without it.
    radius_km: Option<u16>,
    /// The visit lasts at most so long.
    visit_minutes: Option<u32>,
    /// On these days; every day without it.
    #[schema(value_type = Option<Vec<String>>, example = json!(["monday", "friday"]))]
    weekdays: Option<Vec<String>>,
    /// The visit begins at or after this wall-clock time of its place.
    #[schema(value_type = Option<String>, example = "08:00")]
    earliest: Option<Time>,
    /// It ends at or before this one; `24:00` is the midnight that follows.
    #[schema(value_type = Option<String>, example = "12:00")]
    latest: Option<Time>,
    /// From this day on; today without it.
    first_day: Option<Date>,
    /// Until this day.
    last_day: Date,
}

impl FromFields for WishBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let patient = fields.optional("patient_id", read::id);
        let practitioner: Option<PractitionerId> = fields.optional("practitioner_id", read::id);
        let visit_type: Option<VisitTypeId> = fields.optional("visit_type_id", read::id);
        let specialty = fields.optional("specialty", read::kebab);
        let named = fields.optional("place", read::text(1..=100));
        let latitude = fields.optional("latitude", read::decimal(-90.0..=90.0));
        let longitude = fields.optional("longitude", read::decimal(-180.0..=180.0));
        let radius_km = fields.optional("radius_km", read::integer(1..=i64::from(FARTHEST_KM)));
        let most_minutes = fields.optional("visit_minutes", read::integer(1..=1440));
        let days: Option<Vec<Weekday>> = fields.optional("weekdays", read::list(7, read::weekday));
        let earliest = fields.optional("earliest", read::wall_time);
        let latest = fields.optional("latest", read::wall_end);
        let first_day = fields.optional("first_day", read::date);
        let last_day = fields.required("last_day", read::date);
        let weekdays = match days.map(|days| Weekdays::of(&days)) {
            None => Some(Weekdays::ALL),
            Some(None) => {
                fields.refuse("weekdays", "too-few", "Name at least one day, or leave it out for every day.");
                None
            }
            Some(some) => some,
        };
        let hours = hours(fields, earliest, latest);
        let whom = if fields.has("practitioner_id") {
            for name in ["specialty", "place", "latitude", "longitude", "radius_km", "visit_minutes"] {
                if fields.has(name) {
                    fields.refuse(name, "not-together", "Leave this out of a wish for one practitioner.");
                }
            }
            if !fields.has("visit_type_id") {
                fields.refuse("visit_type_id", "missing", "Say what of the practitioner.");
            }
            practitioner.zip(visit_type).map(|(whom, what)| Whom::Practitioner(whom, what))
        } else {
            if fields.has("visit_type_id") {
                fields.refuse(
                    "visit_type_id",
                    "not-together",
                    "A visit type belongs to a practitioner: name them too.",
                );
            }
            if !fields.has("specialty") {
                fields.refuse("specialty", "missing", "Name a practitioner, or a specialty and a place.");
            }
            let place = match (named, latitude.zip(longitude)) {
                (Some(name), None) => Some(Place::Named(name)),
                (None, Some((latitude, longitude))) => Some(Place::At(latitude, longitude)),
                (Some(_), Some(_)) => {
                    fields.refuse("place", "not-together", "Send a town or a position, not both.");
                    None
                }
                (None, None) => {
                    fields.refuse("place", "missing", "Send a town, or `latitude` and `longitude`.");
                    None
                }
            };
            let radius_km = radius_km.unwrap_or(30);
            specialty.zip(place).map(|(specialty, place)| Whom::Area {
                specialty,
                place,
                radius_km,
                most_minutes,
            })
        };
        Some(Self {
            patient,
            whom: whom?,
            weekdays: weekdays?,
            hours: hours?,
            first_day,
            last_day: last_day?,
        })
    }
}

fn hours(fields: &mut Fields<'_>, earliest: Option<Time>, latest: Option<Time>) -> Option<Hours> {
    let minute = |time: Time| u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok();
    let from = earliest.and_then(minute).unwrap_or(0);
    let until = latest.and_then(minute).filter(|until| *until > 0).unwrap_or(24 * 60);
    let hours = Hours::new(from, until);
    if hours.is_none() {
        fields.refuse("latest", "not-after-start", "The latest time must come after the earliest.");
    }
    hours
}

impl WishBody {
    fn into_wish(self, ctx: &Ctx) -> Result<NewWish, Problem> {
        let patient = match (self.patient, &ctx.actor) {
            (Some(patient), _) => patient,
            (None, Actor::Patient(own)) => *own,
            (None, _) => return Err(refused("/patient_id", "missing", "Say who waits.")),
        };
        let target = match self.whom {
            Whom::Practitioner(practitioner, visit_type) => Target::Practitioner { practitioner, visit_type },
            Whom::Area { specialty, place, radius_km, most_minutes } => {
                let (place, latitude, longitude) = match place {
                    Place::At(latitude, longitude) => (String::new(), latitude, longitude),
                    Place::Named(name) => {
                        let town = search::town(ctx.pack, &name).ok_or_else(|| {
                            refused("/place", "unknown-place", "We know no such town. See `GET /v1/places`.")
                        })?;
                        (town.place.name.clone(), town.place.latitude, town.place.longitude)
                    }
                };
                Target::Area { specialty, place, latitude, longitude, radius_km, most_minutes }
            }
        };
        let today = ctx.pack.time_zone().to_datetime(ctx.clock.now()).date();
        Ok(NewWish {
            patient,
            target,
            weekdays: self.weekdays,
            hours: self.hours,
            first_day: self.first_day.unwrap_or(today),
            last_day: self.last_day,
        })
    }
}

/// A time that is kept for who waits, or was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WishOffer)]
pub struct OfferView {
    /// The hold: confirm it to take the time, cancel it to let it go.
    #[schema(value_type = String)]
    pub appointment_id: AppointmentId,
    /// With whom.
    #[schema(value_type = String)]
    pub practitioner_id: PractitionerId,
    /// When the visit begins.
    pub start: Timestamp,
    /// Until when it is kept; missing when it is no hold any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl From<Offered> for OfferView {
    fn from(offered: Offered) -> Self {
        Self {
            appointment_id: offered.appointment,
            practitioner_id: offered.practitioner,
            start: offered.start,
            expires_at: offered.expires_at,
        }
    }
}

/// A wish on the waiting list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Wish)]
pub struct WishView {
    /// Its id.
    #[schema(value_type = String, example = "wish_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: WishId,
    /// `waiting`, `offered`, `taken`, `withdrawn`, `lapsed` (an offer was let go) or `expired` (its last day is over).
    pub status: &'static str,
    /// Who waits.
    #[schema(value_type = String)]
    pub patient_id: PatientId,
    /// With whom, if it names somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub practitioner_id: Option<PractitionerId>,
    /// What of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub visit_type_id: Option<VisitTypeId>,
    /// Of which specialty, if it names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specialty: Option<String>,
    /// Around which town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// How far around.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_km: Option<u16>,
    /// The visit lasts at most so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_minutes: Option<u32>,
    /// On these days.
    pub weekdays: Vec<&'static str>,
    /// The visit begins at or after this wall-clock time of its place.
    #[schema(example = "08:00")]
    pub earliest: String,
    /// It ends at or before this one.
    #[schema(example = "24:00")]
    pub latest: String,
    /// From this day on.
    pub first_day: Date,
    /// Until this day.
    pub last_day: Date,
    /// While it waits: how many who may get the same times asked before. 100 stands for 100 or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u32>,
    /// The time that was offered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferView>,
    /// Rises with each change; also the `ETag`.
    pub version: i64,
    /// When it was left.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<&Wish> for WishView {
    fn from(wish: &Wish) -> Self {
        const NAMES: [&str; 7] =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let name = |day: Weekday| NAMES.get(usize::from(day.to_monday_zero_offset().unsigned_abs())).copied();
        let wall = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let mut view = Self {
            id: wish.id,
            status: wish.status.as_str(),
            patient_id: wish.patient,
            practitioner_id: None,
            visit_type_id: None,
            specialty: None,
            place: None,
            latitude: None,
            longitude: None,
            radius_km: None,
            visit_minutes: None,
            weekdays: wish.weekdays.days().filter_map(name).collect(),
            earliest: wall(wish.hours.from_minute()),
            latest: wall(wish.hours.until_minute()),
            first_day: wish.first_day,
            last_day: wish.last_day,
            ahead: wish.ahead.map(|ahead| match ahead {
                Ahead::Exactly(count) | Ahead::AtLeast(count) => count,
            }),
            offer: wish.offered.map(OfferView::from),
            version: wish.version,
            created_at: wish.created_at,
            updated_at: wish.updated_at,
        };
        match &wish.target {
            Target::Practitioner { practitioner, visit_type } => {
                view.practitioner_id = Some(*practitioner);
                view.visit_type_id = Some(*visit_type);
            }
            Target::Area { specialty, place, latitude, longitude, radius_km, most_minutes } => {
                view.specialty = Some(specialty.clone());
                view.place = Some(place.clone()).filter(|place| !place.is_empty());
                view.latitude = Some(*latitude);
                view.longitude = Some(*longitude);
                view.radius_km = Some(*radius_km);
                view.visit_minutes = *most_minutes;
            }
        }
        view
    }
}

/// A page of wishes.
#[derive(Debug, Serialize, ToSchema)]
pub struct WishList {
    /// The newest first.
    pub wishes: Vec<WishView>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which wishes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WishQuery {
    /// Of this patient; patients see their own without it.
    #[param(value_type = Option<String>)]
    patient_id: Option<PatientId>,
    /// 1 to 100; 20 without it.
    #[param(value_type = Option<u8>)]
    limit: u8,
    /// The `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<(Timestamp, WishId)>,
}

impl FromFields for WishQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            patient_id: fields.optional("patient_id", read::id),
            limit: page::limit(fields),
            cursor: fields.optional("cursor", page::place),
        })
    }
}

/// Leave a wish on the waiting list. The first free time that fits it is held for the patient, in the order of asking.
#[utoipa::path(post, path = "/v1/wishes", tag = "waiting list", request_body = NewWishSchema,
    responses((status = 201, description = "The wish", body = WishView)))]
pub(crate) async fn leave(command: Command<WishBody>) -> Result<Response, Problem> {
    let new = command.body.into_wish(&command.ctx)?;
    let answer = waiting::leave(&command.ctx, new, |wish| render(&WishView::from(wish))).await?;
    Ok(first(answer, |wish| WishView::from(&wish), Some(|wish| wish.version)))
}

/// A patient's wishes, the newest first.
#[utoipa::path(get, path = "/v1/wishes", tag = "waiting list", params(WishQuery),
    responses((status = 200, description = "A page of wishes", body = WishList)))]
pub(crate) async fn list(
    caller: SignedIn,
    ApiQuery(query): ApiQuery<WishQuery>,
) -> Result<Json<WishList>, Problem> {
    let filter = WishFilter { patient: query.patient_id, after: query.cursor, limit: query.limit };
    let found = waiting::list(&caller.ctx, &filter).await?;
    Ok(Json(WishList {
        wishes: found.wishes.iter().map(WishView::from).collect(),
        next_cursor: found.next.map(|(at, id)| page::cursor(at, id)),
    }))
}

/// One wish that the caller may see.
#[utoipa::path(get, path = "/v1/wishes/{id}", tag = "waiting list",
    responses((status = 200, description = "The wish", body = WishView)))]
pub(crate) async fn find(caller: SignedIn, Id(id): Id<WishId>) -> Result<Response, Problem> {
    let wish = waiting::find(&caller.ctx, id).await?;
    Ok(versioned(StatusCode::OK, wish.version, WishView::from(&wish)))
}

/// Take a wish back. A time that is held for it is given back and goes to the next.
#[utoipa::path(post, path = "/v1/wishes/{id}/withdraw", tag = "waiting list",
    responses((status = 200, description = "The wish", body = WishView)))]
pub(crate) async fn withdraw(
    _: SignedIn,
    Id(id): Id<WishId>,
    command: Command<Nothing>,
) -> Result<Response, Problem> {
    let view = |wish: &Wish| render(&WishView::from(wish));
    let answer = waiting::withdraw(&command.ctx, id, command.if_match, view).await?;
    Ok(first_with(StatusCode::OK, answer, |wish| WishView::from(&wish), Some(|wish| wish.version)))
}

/// Wait again, at the end of the line, after an offer was let go. The same time is not offered again.
#[utoipa::path(post, path = "/v1/wishes/{id}/wait-again", tag = "waiting list",
    responses((status = 200, description = "The wish", body = WishView)))]
pub(crate) async fn wait_again(
    _: SignedIn,
    Id(id): Id<WishId>,
    command: Command<Nothing>,
) -> Result<Response, Problem> {
    let view = |wish: &Wish| render(&WishView::from(wish));
    let answer = waiting::wait_again(&command.ctx, id, command.if_match, view).await?;
    Ok(first_with(StatusCode::OK, answer, |wish| WishView::from(&wish), Some(|wish| wish.version)))
}

impl From<WaitingRefusal> for Problem {
    fn from(refusal: WaitingRefusal) -> Self {
        use WaitingRefusal as No;
        match refusal {
            No::NotFound => Self::not_found(),
            No::Denied(denied) => denied.into(),
            No::Key(key) => key.into(),
            No::Wrong(what) => wrong(what),
            No::TooManyWishes { limit } => Self::new(&codes::TOO_MANY_WISHES).with("limit", limit),
            No::AlreadyWished { wish } => Self::new(&codes::ALREADY_WISHED).with("wish_id", wish.to_string()),
            No::WrongStatus => Self::new(&codes::CONFLICT),
            No::VersionMismatch => Self::new(&codes::VERSION_MISMATCH),
            No::Busy => Self::new(&codes::BUSY).retry_after(1),
            No::Booking(refusal) => refusal.into(),
            No::Fault(fault) => fault.into(),
        }
    }
}

fn wrong(what: WrongWish) -> Problem {
    match what {
        WrongWish::DaysReversed => {
            refused("/last_day", "not-after-start", "The last day must not come before the first.")
        }
        WrongWish::Over => refused("/last_day", "over", "The last day is over. Send one that is not."),
        WrongWish::TooLong => refused("/last_day", "too-long", "A wish reaches at most 366 days ahead."),
        WrongWish::Radius => refused("/radius_km", "out-of-range", "Send a number from 1 to 100."),
        WrongWish::UnknownSpecialty => {
            refused("/specialty", "unknown-specialty", "Send a code of `GET /v1/specialties`.")
        }
        WrongWish::UnknownPractitioner => {
            refused("/practitioner_id", "unknown-reference", "Nobody can book with such a practitioner.")
        }
        WrongWish::UnknownVisitType => {
            refused("/visit_type_id", "unknown-reference", "The practitioner has no such visit type.")
        }
    }
}

fn refused(pointer: &str, code: &'static str, detail: &str) -> Problem {
    Problem::fields(vec![FieldError { pointer: pointer.to_owned(), code, detail: detail.to_owned() }])
}
