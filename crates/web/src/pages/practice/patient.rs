//! A patient as the practice sees them: who they are, their visits here, and whether they may book online.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::practice::{self, PatientRecord, PracticeRefusal, Workplace};
use rendez_vocab::ids::PatientId;
use serde::Deserialize;

use super::{at, workplace};
use crate::pages::error::PageError;
use crate::pages::fields::Field;
use crate::pages::form::Posted;
use crate::pages::page::{Notice, Page};
use crate::pages::query::Lenient;
use crate::pages::views::{VisitView, telephone, visit_views};
use crate::pages::visitor::{Visitor, go};
use crate::pages::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    organization: String,
    /// Before this visit of the last page.
    #[serde(default)]
    before: String,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "patient.html")]
struct PatientPage {
    page: Page,
    id: String,
    organization: String,
    name: String,
    /// Label and value of what is known.
    facts: Vec<(String, String)>,
    counts: Vec<String>,
    missed: bool,
    notice: Option<Notice>,
    /// Since when and why, if they are asked to call.
    blocked: Option<(String, String)>,
    reason: Field,
    visits: Vec<VisitView>,
    older: String,
    back: String,
}

/// `GET /practice/patients/{id}`
pub(in crate::pages) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            let place = place(&visitor, &asked.organization).await?;
            let notice = match asked.done.as_str() {
                "blocked" => Some(Notice::good(visitor.t("patient-now-blocked"))),
                "unblocked" => Some(Notice::good(visitor.t("patient-now-unblocked"))),
                _ => None,
            };
            page(&visitor, &place, read(&id)?, &asked.before, notice, None, StatusCode::OK).await
        })
        .await
}

/// `POST /practice/patients/{id}/block`
pub(in crate::pages) async fn block(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let place = place(visitor, posted.field("organization")).await?;
            let id = read(&id)?;
            let blocked =
                practice::block_from_online_booking(&posted.ctx, &place, id, posted.field("reason")).await;
            match blocked {
                Ok(()) => Ok(go(&format!("{}&done=blocked", address(id, &place)))),
                Err(PracticeRefusal::ReasonMissing) => {
                    let wrong = Some(visitor.t("patient-block-why-missing"));
                    page(visitor, &place, id, "", None, wrong, StatusCode::UNPROCESSABLE_ENTITY).await
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `POST /practice/patients/{id}/unblock`
pub(in crate::pages) async fn unblock(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let place = place(posted.visitor(), posted.field("organization")).await?;
            let id = read(&id)?;
            practice::unblock(&posted.ctx, &place, id).await?;
            Ok(go(&format!("{}&done=unblocked", address(id, &place))))
        })
        .await
}

fn read(id: &str) -> Result<PatientId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

fn address(id: PatientId, place: &Workplace) -> String {
    at(&format!("/practice/patients/{id}"), place)
}

/// The workplace; an operator names it.
async fn place(visitor: &Visitor, organization: &str) -> Result<Workplace, PageError> {
    workplace(visitor, organization, "").await?.ok_or(PageError::NotFound)
}

async fn page(
    visitor: &Visitor,
    place: &Workplace,
    id: PatientId,
    before: &str,
    notice: Option<Notice>,
    wrong: Option<String>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let record = practice::patient_record(&visitor.ctx, place, id).await?;
    let history = practice::visits_of_patient(&visitor.ctx, place, id, before.parse().ok()).await?;
    let zone = when::zone_named(place.time_zone());
    let blocked = record.block.as_ref().map(|block| {
        let since = when::date_long(visitor.locale, zone.to_datetime(block.since).date());
        (visitor.page().t1("patient-blocked-since", "date", since), block.reason.clone())
    });
    let here = address(id, place);
    let frame = visitor.page();
    let reason = Field {
        wrong,
        ..Field::new("textarea", "reason", visitor.t("patient-block-why"), "")
            .required()
            .at_most(500)
            .hint(visitor.t("patient-block-why-hint"))
    };
    let shown = PatientPage {
        id: id.to_string(),
        organization: place.organization().to_string(),
        name: format!("{} {}", record.patient.given_name, record.patient.family_name),
        facts: facts(visitor, &record),
        counts: vec![
            frame.tn("patient-visits", "count", record.visits),
            frame.tn("patient-missed", "count", record.no_shows),
        ],
        missed: record.no_shows > 0,
        notice,
        blocked,
        reason,
        visits: visit_views(visitor, &history.visits).await?,
        older: history.next.map(|next| format!("{here}&before={next}")).unwrap_or_default(),
        back: at("/practice/patients", place),
        page: frame.at(here),
    };
    Ok(visitor.show(status, &shown))
}

fn facts(visitor: &Visitor, record: &PatientRecord) -> Vec<(String, String)> {
    let patient = &record.patient;
    let known = [
        ("field-birth-date", patient.birth_date.map(|date| when::date_long(visitor.locale, date))),
        ("field-phone", patient.phone.as_deref().map(|number| telephone(visitor, number))),
        ("field-email", patient.email.clone()),
    ];
    known.into_iter().filter_map(|(key, value)| Some((visitor.t(key), value?))).collect()
}
