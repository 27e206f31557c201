//! Absences: taken after a look at the visits that they strike, ended with one press.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::Draft;
use rendez_domain::booking;
use rendez_domain::directory::{self, DirectoryRefusal, NewTimeOff, Practitioner};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::TimeOffId;
use serde_json::Value;

use super::Editor;
use super::preview::PreviewView;
use crate::pages::error::PageError;
use crate::pages::fields::{Field, wrongs};
use crate::pages::form::Posted;
use crate::pages::page::{Notice, Page};
use crate::pages::views::name_of;
use crate::pages::visitor::{Visitor, go};
use crate::pages::when;

/// As the table's own check.
const MOST_DAYS: i64 = 366;

/// An absence in the list.
pub(super) struct AbsenceView {
    pub(super) id: String,
    pub(super) when: String,
    pub(super) reason: String,
}

#[derive(Template)]
#[template(path = "time_off.html")]
struct TimeOffPage {
    page: Page,
    person: String,
    practitioner: String,
    notice: Option<Notice>,
    wrongs: Vec<(String, String)>,
    fields: Vec<Field>,
    preview: Option<PreviewView>,
    /// What the preview shows, as it was written.
    seen: String,
}

/// The absences that are not over.
pub(super) async fn absences(
    visitor: &Visitor,
    person: &Practitioner,
) -> Result<Vec<AbsenceView>, PageError> {
    let zone = when::zone_named(main_zone(person));
    let moment = |at: Timestamp| when::moment(visitor.locale, &at.to_zoned(zone.clone()));
    let entries = directory::list_time_off(&visitor.ctx, person.id).await?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let (from, until) = (moment(entry.range.start()), moment(entry.range.end()));
            let arguments = [("from", from.into()), ("until", until.into())];
            AbsenceView {
                id: entry.id.to_string(),
                when: visitor.locale.text_with("away-line", arguments),
                reason: entry.reason.unwrap_or_default(),
            }
        })
        .collect())
}

/// The fields of a new absence.
pub(super) fn absence_fields(visitor: &Visitor, value: impl Fn(&str) -> String) -> Vec<Field> {
    let t = |key: &str| visitor.t(key);
    vec![
        Field::new("datetime-local", "starts", t("away-from"), value("starts")).required(),
        Field::new("datetime-local", "ends", t("away-until"), value("ends")).required(),
        Field::new("text", "reason", t("away-reason"), value("reason")).at_most(200),
    ]
}

fn main_zone(person: &Practitioner) -> &str {
    person.locations.first().map_or("UTC", |place| place.time_zone.as_str())
}

/// `POST /practice/hours/time-off`: first a look at what it strikes, then the absence.
pub(in crate::pages) async fn take(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let Some(editor) = Editor::open(visitor, posted.field("practitioner")).await? else {
                return Err(PageError::NotFound);
            };
            let person = &editor.person;
            let mut fields = absence_fields(visitor, |name| posted.field(name).to_owned());
            let Some(new) = read(visitor, person, &mut fields) else {
                return show(visitor, person, fields, None, None, StatusCode::UNPROCESSABLE_ENTITY);
            };
            let seen = format!("{}/{}", new.range.start(), new.range.end());
            if posted.field("do") == "take" && posted.field("seen") == seen {
                let about = [posted.field("practitioner"), seen.as_str()];
                let ctx = posted.once("POST /practice/hours/time-off", &about);
                directory::take_time_off(&ctx, person.id, new, |_| Value::Null).await?;
                return Ok(go(&format!("/practice/hours?practitioner={}&done=away", person.id)));
            }
            let id = TimeOffId::new(visitor.ctx.clock.now(), &*visitor.ctx.entropy);
            let draft = Draft { time_off: Some((id, new.range)), ..Draft::default() };
            let preview = booking::preview(&visitor.ctx, person.id, draft).await?;
            let view = PreviewView::new(visitor, person, &preview, &[]).await?;
            let again =
                (posted.field("do") == "take").then(|| Notice::warn(visitor.t("settings-look-again")));
            show(visitor, person, fields, Some((view, seen)), again, StatusCode::OK)
        })
        .await
}

/// `POST /practice/hours/time-off/{id}/end`
pub(in crate::pages) async fn end(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let Some(editor) = Editor::open(posted.visitor(), posted.field("practitioner")).await? else {
                return Err(PageError::NotFound);
            };
            let id = id.parse().map_err(|_| PageError::NotFound)?;
            match directory::end_time_off(&posted.ctx, editor.person.id, id).await {
                // Somebody was faster.
                Ok(()) | Err(DirectoryRefusal::NotFound) => {
                    Ok(go(&format!("/practice/hours?practitioner={}&done=back", editor.person.id)))
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// The absence in the fields, by the clock of the main location.
fn read(visitor: &Visitor, person: &Practitioner, fields: &mut [Field]) -> Option<NewTimeOff> {
    let zone = when::zone_named(main_zone(person));
    let [starts, ends, reason] = fields else { return None };
    let instant = |field: &Field| -> Option<Timestamp> {
        let wall: DateTime = field.value.parse().ok()?;
        wall.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    };
    let (from, until) = (instant(starts), instant(ends));
    if from.is_none() {
        starts.refuse(visitor.t("wrong-moment"));
    }
    if until.is_none() {
        ends.refuse(visitor.t("wrong-moment"));
    }
    let range = match (from, until) {
        (Some(from), Some(until)) => match TimeRange::new(from, until) {
            Ok(range) if until <= visitor.ctx.clock.now() => {
                ends.refuse(visitor.t("wrong-past"));
                Some(range)
            }
            Ok(range) if range.duration() > SignedDuration::from_hours(24 * MOST_DAYS) => {
                ends.refuse(visitor.t("wrong-too-far-apart"));
                None
            }
            Ok(range) => Some(range),
            Err(_) => {
                ends.refuse(visitor.t("wrong-end"));
                None
            }
        },
        _ => None,
    };
    let why = reason.text(visitor);
    let right = fields.iter().all(|field| field.wrong.is_none());
    right.then_some(())?;
    Some(NewTimeOff { range: range?, reason: why })
}

fn show(
    visitor: &Visitor,
    person: &Practitioner,
    fields: Vec<Field>,
    preview: Option<(PreviewView, String)>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let (preview, seen) = preview.map_or((None, String::new()), |(view, seen)| (Some(view), seen));
    let page = TimeOffPage {
        page: visitor.page().at(format!("/practice/hours?practitioner={}", person.id)),
        person: name_of(person),
        practitioner: person.id.to_string(),
        notice,
        wrongs: wrongs(&fields),
        fields,
        preview,
        seen,
    };
    Ok(visitor.show(status, &page))
}
