//! The waiting list: a form to leave a wish, the visitor's wishes with their places in the line, and times that are offered.

mod asked;
mod views;

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::directory::{self, Practitioner};
use rendez_domain::regions::{Specialty, search_key};
use rendez_domain::waiting::{self, Target, WaitingRefusal, Wish, WishFilter, WrongWish};
use rendez_vocab::Actor;
use rendez_vocab::ids::{PractitionerId, WishId};
use serde_json::Value;

use self::asked::Asked;
use self::views::{Form, WishView};
use super::error::{PageError, query_value};
use super::form::Posted;
use super::page::{Notice, Page};
use super::query::Lenient;
use super::visitor::{Visitor, go};

/// How many wishes are read: the live ones are few, and who waits often sees the newest of those that are over.
const MOST: u8 = 30;
/// How many of those that are over are shown.
const OVER: usize = 5;

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    page: Page,
    notice: Option<Notice>,
    form: Form,
    live: Vec<WishView>,
    over: Vec<WishView>,
}

/// `GET /waiting`
pub(in crate::pages) async fn show(
    visitor: Visitor,
    Lenient(pairs): Lenient<Vec<(String, String)>>,
) -> Response {
    visitor
        .answer(async {
            match visitor.ctx.actor {
                Actor::Nobody => return Err(PageError::SignIn),
                Actor::Patient(_) => {}
                _ => return Ok(go("/practice/day")),
            }
            let asked = Asked::of_address(&visitor, pairs);
            let notice = notice(&visitor, &asked.done);
            let person = asked.person(&visitor).await?;
            let form = Form::new(&visitor, &asked, person.as_ref());
            answer(&visitor, StatusCode::OK, notice, form).await
        })
        .await
}

/// What has just been done.
fn notice(visitor: &Visitor, done: &str) -> Option<Notice> {
    match done {
        "left" => Some(Notice::good(visitor.t("waiting-left"))),
        "withdrawn" => Some(Notice::plain(visitor.t("waiting-withdrawn"))),
        "declined" => Some(Notice::plain(visitor.t("waiting-declined"))),
        "again" => Some(Notice::good(visitor.t("waiting-again-done"))),
        _ => None,
    }
}

async fn answer(
    visitor: &Visitor,
    status: StatusCode,
    notice: Option<Notice>,
    form: Form,
) -> Result<Response, PageError> {
    let (live, over) = wishes(visitor).await?;
    let page = WaitingPage { page: visitor.page(), notice, form, live, over };
    Ok(visitor.show(status, &page))
}

/// The visitor's wishes: those that wait or are offered a time, and the newest of those that are over.
async fn wishes(visitor: &Visitor) -> Result<(Vec<WishView>, Vec<WishView>), PageError> {
    let filter = WishFilter { limit: MOST, ..WishFilter::default() };
    let found = waiting::list(&visitor.ctx, &filter).await?.wishes;
    let mut ids: Vec<PractitionerId> = found.iter().flat_map(named).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = directory::practitioners_by_id(&visitor.ctx, &ids).await?;
    let people: HashMap<PractitionerId, Practitioner> =
        people.into_iter().map(|person| (person.id, person)).collect();
    let (live, over): (Vec<&Wish>, Vec<&Wish>) = found.iter().partition(|wish| wish.status.is_live());
    let view = |wish: &&Wish| WishView::new(visitor, wish, &people);
    let withdrawn = |wish: &&&Wish| wish.status != waiting::WishStatus::Withdrawn;
    Ok((live.iter().map(view).collect(), over.iter().filter(withdrawn).take(OVER).map(view).collect()))
}

/// Whom a wish names, and who offers it a time.
fn named(wish: &Wish) -> impl Iterator<Item = PractitionerId> {
    let wanted = match wish.target {
        Target::Practitioner { practitioner, .. } => Some(practitioner),
        Target::Area { .. } => None,
    };
    wanted.into_iter().chain(wish.offered.map(|offered| offered.practitioner))
}

/// `POST /waiting`
pub(in crate::pages) async fn leave(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let asked = Asked::of_form(&posted);
            let patient = match visitor.ctx.actor {
                // Whoever was signed out meanwhile signs in again and finds the form as it was.
                Actor::Nobody => return Ok(go(&format!("/sign-in?next={}", query_value(&asked.address())))),
                Actor::Patient(patient) => patient,
                _ => return Err(PageError::Forbidden),
            };
            let person = asked.person(visitor).await?;
            let mut form = Form::new(visitor, &asked, person.as_ref());
            if let Some(new) = asked.judge(visitor, patient, person.as_ref(), &mut form) {
                let ctx = posted.once("POST /waiting", &[]);
                match waiting::leave(&ctx, new, |_| Value::Null).await {
                    Ok(_) => return Ok(go("/waiting?done=left")),
                    Err(refusal) => form.refuse(visitor, refusal)?,
                }
            }
            answer(visitor, StatusCode::UNPROCESSABLE_ENTITY, None, form).await
        })
        .await
}

/// `POST /waiting/{id}/withdraw`
pub(in crate::pages) async fn withdraw(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let ctx = posted.once("POST /waiting/{id}/withdraw", &[&id]);
            match waiting::withdraw(&ctx, read(&id)?, None, |_| Value::Null).await {
                Ok(_) | Err(WaitingRefusal::WrongStatus) => Ok(go("/waiting?done=withdrawn")),
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `POST /waiting/{id}/decline`: the time goes to the next in the line.
pub(in crate::pages) async fn decline(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            match waiting::decline(&posted.ctx, read(&id)?).await {
                Ok(_) => Ok(go("/waiting?done=declined")),
                Err(WaitingRefusal::WrongStatus) => Ok(go("/waiting")),
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `POST /waiting/{id}/again`
pub(in crate::pages) async fn again(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let ctx = posted.once("POST /waiting/{id}/again", &[&id]);
            match waiting::wait_again(&ctx, read(&id)?, None, |_| Value::Null).await {
                Ok(_) => Ok(go("/waiting?done=again")),
                Err(WaitingRefusal::WrongStatus | WaitingRefusal::AlreadyWished { .. }) => Ok(go("/waiting")),
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// A wish's id as it stands in an address.
fn read(id: &str) -> Result<WishId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// The specialty that somebody means by its name in any language of the region, or by its code.
fn specialty(visitor: &Visitor, typed: &str) -> Option<&'static Specialty> {
    let pack = visitor.ctx.pack;
    let key = search_key(typed);
    let named =
        |known: &&Specialty| pack.locales().iter().any(|locale| search_key(known.name(locale)) == key);
    pack.specialty(typed).or_else(|| pack.specialties().iter().filter(|_| !key.is_empty()).find(named))
}

impl From<WaitingRefusal> for PageError {
    fn from(refusal: WaitingRefusal) -> Self {
        match refusal {
            WaitingRefusal::NotFound => Self::NotFound,
            WaitingRefusal::Denied(denied) => denied.into(),
            WaitingRefusal::Fault(fault) => fault.into(),
            WaitingRefusal::Booking(refusal) => refusal.into(),
            WaitingRefusal::TooManyWishes { limit } => Self::TooManyWishes { limit },
            WaitingRefusal::Wrong(WrongWish::UnknownPractitioner | WrongWish::UnknownVisitType) => {
                Self::NotFound
            }
            _ => Self::Refused(rendez_domain::booking::BookingRefusal::Busy),
        }
    }
}
