//! Patients' records.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::directory::{self, NewPatient, Patient, PatientChange};
use rendez_vocab::ids::PatientId;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first, render, versioned};
use crate::extract::{Command, Fields, FromFields, Id, SignedIn, read};
use crate::problem::Problem;

/// What to enter.
pub struct PatientBody(NewPatient);

/// A patient to enter.
#[derive(ToSchema)]
#[schema(as = NewPatient)]
#[allow(dead_code, reason = "a schema: the body is read by `PatientBody::read`")]
pub(crate) struct NewPatientSchema {
    /// First name.
    #[schema(example = "Yann")]
    given_name: String,
    /// Last name.
    #[schema(example = "Morvan")]
    family_name: String,
    /// If known.
    birth_date: Option<Date>,
    /// Where mails go.
    email: Option<String>,
    /// If known.
    phone: Option<String>,
    /// The language of mails.
    #[schema(example = "fr")]
    locale: Option<String>,
}

impl FromFields for PatientBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let given_name = fields.required("given_name", read::text(1..=100));
        let family_name = fields.required("family_name", read::text(1..=100));
        let new = NewPatient {
            given_name: String::new(),
            family_name: String::new(),
            birth_date: fields.optional("birth_date", read::date),
            email: fields.optional("email", read::email),
            phone: fields.optional("phone", read::phone),
            locale: fields.optional("locale", read::language),
        };
        Some(Self(NewPatient { given_name: given_name?, family_name: family_name?, ..new }))
    }
}

/// A person who receives care.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Patient)]
pub struct PatientView {
    /// Its id.
    #[schema(value_type = String, example = "pat_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: PatientId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// If known.
    pub birth_date: Option<Date>,
    /// Where mails go.
    pub email: Option<String>,
    /// If known.
    pub phone: Option<String>,
    /// The language of mails.
    pub locale: Option<String>,
    /// Rises with each change; also the `ETag`.
    pub version: i64,
}

impl From<&Patient> for PatientView {
    fn from(known: &Patient) -> Self {
        Self {
            id: known.id,
            given_name: known.given_name.clone(),
            family_name: known.family_name.clone(),
            birth_date: known.birth_date,
            email: known.email.clone(),
            phone: known.phone.clone(),
            locale: known.locale.clone(),
            version: known.version,
        }
    }
}

/// Enter a patient: for practices, partners and admins. Patients sign up on the pages.
#[utoipa::path(post, path = "/v1/patients", tag = "patients", request_body = NewPatientSchema,
    responses((status = 201, description = "The patient", body = PatientView)))]
pub(crate) async fn create(command: Command<PatientBody>) -> Result<Response, Problem> {
    let new = command.body.0;
    let answer =
        directory::create_patient(&command.ctx, new, |made| render(&PatientView::from(made))).await?;
    Ok(first(answer, |made| PatientView::from(&made), Some(|made| made.version)))
}

/// A patient whom the caller may see.
#[utoipa::path(get, path = "/v1/patients/{id}", tag = "patients",
    responses((status = 200, description = "The patient", body = PatientView)))]
pub(crate) async fn find(caller: SignedIn, Id(id): Id<PatientId>) -> Result<Response, Problem> {
    let known = directory::patient(&caller.ctx, id).await?;
    Ok(versioned(StatusCode::OK, known.version, PatientView::from(&known)))
}

/// What to change.
pub struct PatientChangeBody(PatientChange);

/// Changes of a patient: what is left out stays as it is, null takes a value away (RFC 7396).
#[derive(ToSchema)]
#[schema(as = PatientChange)]
#[allow(dead_code, reason = "a schema: the body is read by `PatientChangeBody::read`")]
pub(crate) struct PatientChangeSchema {
    given_name: Option<String>,
    family_name: Option<String>,
    birth_date: Option<Date>,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
}

impl FromFields for PatientChangeBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(PatientChange {
            given_name: fields.replace("given_name", read::text(1..=100)),
            family_name: fields.replace("family_name", read::text(1..=100)),
            birth_date: fields.change("birth_date", read::date),
            email: fields.change("email", read::email),
            phone: fields.change("phone", read::phone),
            locale: fields.change("locale", read::language),
        }))
    }
}

/// Change a patient's record.
#[utoipa::path(patch, path = "/v1/patients/{id}", tag = "patients", request_body = PatientChangeSchema,
    responses((status = 200, description = "The patient as changed", body = PatientView)))]
pub(crate) async fn change(
    _: SignedIn,
    Id(id): Id<PatientId>,
    command: Command<PatientChangeBody>,
) -> Result<Response, Problem> {
    let known = directory::update_patient(&command.ctx, id, command.if_match, command.body.0).await?;
    Ok(versioned(StatusCode::OK, known.version, PatientView::from(&known)))
}
