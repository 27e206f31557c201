//! The editor of opening hours and closures.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Time;
use rendez_domain::availability::{Closure, Draft, OpeningRule};
use rendez_domain::booking;
use rendez_domain::directory::{self, DirectoryRefusal, Location, OpeningHours};

use super::hours_form::{Around, HoursForm};
use super::hours_words::{Difference, difference};
use super::preview::PreviewView;
use super::time_off::{AbsenceView, absence_fields, absences};
use super::{Asked, Editor};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::fields::Field;
use crate::pages::form::Posted;
use crate::pages::page::{Link, Notice, Page};
use crate::pages::query::Lenient;
use crate::pages::views::name_of;
use crate::pages::visitor::{Visitor, go};
use crate::pages::when;

#[derive(Template)]
#[template(path = "hours.html")]
struct HoursPage {
    page: Page,
    person: String,
    practitioner: String,
    colleagues: Vec<Link>,
    zone: String,
    notice: Option<Notice>,
    wrongs: Vec<(String, String)>,
    form: HoursForm,
    version: i64,
    /// The digest of what the preview shows; empty without one.
    seen: String,
    preview: Option<PreviewView>,
    difference: Option<Difference>,
    /// The practitioner's locations have several clocks.
    zones: bool,
    absences: Vec<AbsenceView>,
    absence_fields: Vec<Field>,
    /// The next public holidays.
    holidays: Vec<String>,
}

/// What the page shows beside the form.
#[derive(Default)]
struct Beside {
    notice: Option<Notice>,
    preview: Option<PreviewView>,
    difference: Option<Difference>,
}

/// `GET /practice/hours`
pub(in crate::pages) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(editor) = Editor::open(&visitor, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let hours = directory::opening_hours(&visitor.ctx, editor.person.id).await?;
            let locations = locations(&visitor, &editor).await?;
            let form = Around::new(&visitor, &editor.person, &locations).stored(&hours);
            let notice = match asked.done.as_str() {
                "saved" => Some(Notice::good(visitor.t("hours-saved"))),
                "away" => Some(Notice::good(visitor.t("away-saved"))),
                "back" => Some(Notice::good(visitor.t("away-ended"))),
                _ => None,
            };
            let beside = Beside { notice, ..Beside::default() };
            page(&visitor, &editor, &locations, form, hours.version, beside, StatusCode::OK).await
        })
        .await
}

/// `POST /practice/hours`: a row added or taken away, a preview, or the save.
pub(in crate::pages) async fn send(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let named = posted.field("practitioner");
            let Some(editor) = Editor::open(visitor, named).await? else {
                return Err(PageError::NotFound);
            };
            let locations = locations(visitor, &editor).await?;
            let around = Around::new(visitor, &editor.person, &locations);
            let button = posted.field("do");
            let mut form = around.sent(&posted, button);
            let version = posted.field("version").parse().unwrap_or(0);
            if button.starts_with("add-") || button.starts_with("remove-") {
                let beside = Beside::default();
                return page(visitor, &editor, &locations, form, version, beside, StatusCode::OK).await;
            }
            let Some(hours) = form.read(visitor) else {
                let beside = Beside::default();
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return page(visitor, &editor, &locations, form, version, beside, status).await;
            };
            let looked = posted.field("seen") == form.digest();
            if button == "save" && looked {
                match directory::put_opening_hours(
                    &posted.ctx,
                    editor.person.id,
                    Some(version),
                    hours.clone(),
                )
                .await
                {
                    Ok(_) => {
                        let id = editor.person.id;
                        return Ok(go(&format!("/practice/hours?practitioner={id}&done=saved")));
                    }
                    Err(DirectoryRefusal::VersionMismatch) => {
                        return conflict(visitor, &editor, &locations, form, &hours).await;
                    }
                    Err(refusal) => return Err(refusal.into()),
                }
            }
            let again = (button == "save").then(|| Notice::warn(visitor.t("settings-look-again")));
            let notice = over_midnight(visitor, &hours).map(Notice::warn).or(again);
            let preview = Some(look(visitor, &editor, &locations, &hours).await?);
            let beside = Beside { notice, preview, difference: None };
            page(visitor, &editor, &locations, form, version, beside, StatusCode::OK).await
        })
        .await
}

/// A time that is typed in the wrong order makes a day that goes on past midnight: right for some, a slip for most.
fn over_midnight(visitor: &Visitor, hours: &OpeningHours) -> Option<String> {
    let rule = hours.weekly.iter().find(|rule| rule.ends <= rule.starts && rule.ends != Time::midnight())?;
    let weekday = visitor.t(&format!("weekday-{}", rule.weekday.to_monday_one_offset()));
    let (starts, ends) = (when::clock(rule.starts), when::clock(rule.ends));
    let arguments = [("weekday", weekday.into()), ("starts", starts.into()), ("ends", ends.into())];
    Some(visitor.locale.text_with("hours-over-midnight", arguments))
}

/// Somebody else has saved meanwhile: what differs, and a preview over what stands now. Saving again then is a decision.
async fn conflict(
    visitor: &Visitor,
    editor: &Editor,
    locations: &[Location],
    form: HoursForm,
    hours: &OpeningHours,
) -> Result<Response, PageError> {
    let saved = directory::opening_hours(&visitor.ctx, editor.person.id).await?;
    let differs = difference(visitor, &editor.person, locations, &saved, hours);
    if differs.theirs.is_empty() && differs.yours.is_empty() {
        // The same form came twice, or somebody had the very same idea.
        return Ok(go(&format!("/practice/hours?practitioner={}&done=saved", editor.person.id)));
    }
    let beside = Beside {
        notice: Some(Notice::warn(visitor.t("hours-changed-meanwhile"))),
        preview: Some(look(visitor, editor, locations, hours).await?),
        difference: Some(differs),
    };
    page(visitor, editor, locations, form, saved.version, beside, StatusCode::CONFLICT).await
}

async fn look(
    visitor: &Visitor,
    editor: &Editor,
    locations: &[Location],
    hours: &OpeningHours,
) -> Result<PreviewView, PageError> {
    let main = locations.first().map(|place| place.id).ok_or(PageError::NotFound)?;
    if hours.weekly.iter().filter_map(|rule| rule.location).any(|id| !locations.iter().any(|at| at.id == id))
    {
        return Err(PageError::NotFound);
    }
    let rules = hours
        .weekly
        .iter()
        .map(|rule| OpeningRule {
            location: rule.location.unwrap_or(main),
            weekday: rule.weekday,
            starts: rule.starts,
            ends: rule.ends,
            visit_types: rule.visit_types.clone(),
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            every_weeks: rule.every_weeks,
        })
        .collect();
    let closures = hours.closures.iter().map(|(starts, ends, _)| Closure { starts: *starts, ends: *ends });
    let draft = Draft {
        hours: Some((rules, closures.collect())),
        works_public_holidays: hours.works_public_holidays,
        ..Draft::default()
    };
    let preview = booking::preview(&visitor.ctx, editor.person.id, draft).await?;
    PreviewView::new(visitor, &editor.person, &preview, &[]).await
}

/// The practitioner's locations, the main one first, then the others of the organization.
async fn locations(visitor: &Visitor, editor: &Editor) -> Result<Vec<Location>, PageError> {
    let mut all = editor.person.locations.clone();
    let house = directory::locations(&visitor.ctx, editor.person.organization).await?;
    all.extend(
        house.into_iter().filter(|place| !editor.person.locations.iter().any(|own| own.id == place.id)),
    );
    Ok(all)
}

async fn page(
    visitor: &Visitor,
    editor: &Editor,
    locations: &[Location],
    form: HoursForm,
    version: i64,
    beside: Beside,
    status: StatusCode,
) -> Result<Response, PageError> {
    let main = locations.first().map_or("UTC", |place| place.time_zone.as_str());
    let id = editor.person.id.to_string();
    let seen = if beside.preview.is_some() { form.digest() } else { String::new() };
    let today = when::zone_named(main).to_datetime(visitor.ctx.clock.now()).date();
    let holidays = visitor
        .ctx
        .pack
        .holidays(today.year()..=today.year() + 1)
        .into_iter()
        .filter(|(date, _)| *date >= today)
        .take(3)
        .map(|(date, _)| when::date_long(visitor.locale, date))
        .collect();
    let shown = HoursPage {
        page: visitor.page().at(format!("/practice/hours?practitioner={id}")),
        person: name_of(&editor.person),
        colleagues: editor.pills("/practice/hours"),
        zone: when::zone_name(main, visitor.ctx.pack.time_zone_name()),
        zones: locations.iter().any(|place| place.time_zone != main),
        notice: beside.notice,
        wrongs: form.wrongs(),
        version,
        seen,
        preview: beside.preview,
        difference: beside.difference,
        absences: absences(visitor, &editor.person).await?,
        absence_fields: absence_fields(visitor, |_| String::new()),
        holidays,
        practitioner: id,
        form,
    };
    Ok(visitor.show(status, &shown))
}
