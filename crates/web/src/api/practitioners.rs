//! Practitioners: entering, reading and changing them.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_domain::directory::{self, NewPractitioner, Practitioner, PractitionerChange};
use rendez_vocab::ids::{OrganizationId, PractitionerId};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first, render, versioned};
use super::locations::{LocationBody, LocationView};
use super::visit_types::{VisitTypeBody, VisitTypeView};
use crate::extract::{Caller, Command, Fields, FromFields, Id, SignedIn, read};
use crate::problem::Problem;

/// A practitioner's visit types at most.
const MOST_VISIT_TYPES: usize = 50;

/// A practitioner to enter.
#[derive(ToSchema)]
pub struct PractitionerBody {
    /// First name.
    #[schema(example = "Anne")]
    pub given_name: String,
    /// Last name.
    #[schema(example = "Le Goff")]
    pub family_name: String,
    /// Where they belong; without it a new organization is made (admin).
    #[schema(value_type = Option<String>)]
    pub organization_id: Option<OrganizationId>,
    /// A code of `GET /v1/specialties`.
    #[schema(example = "cardiology")]
    pub specialty: Option<String>,
    /// What statutory insurance has agreed on with them: in France `sector-1`, `sector-2-optam`, `sector-2` or `not-contracted`.
    #[schema(example = "sector-1")]
    pub sector: Option<String>,
    /// Codes of ISO 639.
    pub languages: Option<Vec<String>>,
    /// For patients to call.
    pub phone: Option<String>,
    /// For patients to write to.
    pub email: Option<String>,
    /// What they tell patients about themselves and their work, in their own words.
    pub about: Option<String>,
    /// Whether somebody new may book; true without it.
    pub accepts_new_patients: Option<bool>,
    /// Whether visits at a distance are offered; false without it.
    pub telehealth: Option<bool>,
    /// Whether weekly openings hold on public holidays; false without it.
    pub works_public_holidays: Option<bool>,
    /// Where they work.
    pub location: Option<LocationBody>,
    /// What can be booked; without any, one visit type of 15 minutes.
    pub visit_types: Option<Vec<VisitTypeBody>>,
}

impl FromFields for PractitionerBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let given_name = fields.required("given_name", read::text(1..=100));
        let family_name = fields.required("family_name", read::text(1..=100));
        let body = Self {
            given_name: String::new(),
            family_name: String::new(),
            organization_id: fields.optional("organization_id", read::id),
            specialty: fields.optional("specialty", read::text(1..=60)),
            sector: fields.optional("sector", read::text(1..=40)),
            languages: fields.optional("languages", read::list(20, read::language)),
            phone: fields.optional("phone", read::phone),
            email: fields.optional("email", read::email),
            about: fields.optional("about", read::paragraph(1..=2000)),
            accepts_new_patients: fields.optional("accepts_new_patients", read::boolean),
            telehealth: fields.optional("telehealth", read::boolean),
            works_public_holidays: fields.optional("works_public_holidays", read::boolean),
            location: fields.optional("location", |value| Fields::of(value, LocationBody::read)),
            visit_types: fields.optional(
                "visit_types",
                read::list(MOST_VISIT_TYPES, |value| Fields::of(value, VisitTypeBody::read)),
            ),
        };
        Some(Self { given_name: given_name?, family_name: family_name?, ..body })
    }
}

/// A person who gives care, whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Practitioner)]
pub struct PractitionerView {
    /// Its id.
    #[schema(value_type = String, example = "prac_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: PractitionerId,
    /// Where they belong.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// A code of `GET /v1/specialties`.
    pub specialty: Option<String>,
    /// What statutory insurance has agreed on with them; unknown without it.
    pub sector: Option<String>,
    /// Codes of ISO 639.
    pub languages: Vec<String>,
    /// For patients to call.
    pub phone: Option<String>,
    /// For patients to write to.
    pub email: Option<String>,
    /// What they tell patients about themselves and their work, in their own words.
    pub about: Option<String>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    /// Whether weekly openings hold on public holidays.
    pub works_public_holidays: bool,
    /// Whether they can be booked at all.
    pub active: bool,
    /// The main location.
    pub location: Option<LocationView>,
    /// All locations, the main one first.
    pub locations: Vec<LocationView>,
    /// What can be booked, in the order in which patients see it.
    pub visit_types: Vec<VisitTypeView>,
    /// Rises with each change; also the `ETag`.
    pub version: i64,
}

impl From<&Practitioner> for PractitionerView {
    fn from(known: &Practitioner) -> Self {
        Self {
            id: known.id,
            organization_id: known.organization,
            given_name: known.given_name.clone(),
            family_name: known.family_name.clone(),
            specialty: known.specialty.clone(),
            sector: known.sector.clone(),
            languages: known.languages.clone(),
            phone: known.phone.clone(),
            email: known.email.clone(),
            about: known.about.clone(),
            accepts_new_patients: known.accepts_new_patients,
            telehealth: known.telehealth,
            works_public_holidays: known.works_public_holidays,
            active: known.active,
            location: known.locations.first().map(LocationView::from),
            locations: known.locations.iter().map(LocationView::from).collect(),
            visit_types: known.visit_types.iter().map(VisitTypeView::from).collect(),
            version: known.version,
        }
    }
}

/// Enter a practitioner with location and visit types.
#[utoipa::path(post, path = "/v1/practitioners", tag = "practitioners", request_body = PractitionerBody,
    responses((status = 201, description = "The practitioner, whole", body = PractitionerView)))]
pub(crate) async fn create(command: Command<PractitionerBody>) -> Result<Response, Problem> {
    let (ctx, body) = (&command.ctx, command.body);
    let new = NewPractitioner {
        organization: body.organization_id,
        given_name: body.given_name,
        family_name: body.family_name,
        specialty: body.specialty,
        sector: body.sector,
        languages: body.languages.unwrap_or_default(),
        phone: body.phone,
        email: body.email,
        about: body.about,
        accepts_new_patients: body.accepts_new_patients.unwrap_or(true),
        telehealth: body.telehealth.unwrap_or(false),
        works_public_holidays: body.works_public_holidays.unwrap_or(false),
        location: body.location.map(|location| location.in_region_of(ctx)),
        visit_types: body.visit_types.unwrap_or_default().into_iter().map(Into::into).collect(),
    };
    let answer =
        directory::create_practitioner(ctx, new, |made| render(&PractitionerView::from(made))).await?;
    Ok(first(answer, |made| PractitionerView::from(&made), Some(|made| made.version)))
}

/// One practitioner, whole.
#[utoipa::path(get, path = "/v1/practitioners/{id}", tag = "practitioners", security(()),
    responses((status = 200, description = "The practitioner", body = PractitionerView)))]
pub(crate) async fn find(caller: Caller, Id(id): Id<PractitionerId>) -> Result<Response, Problem> {
    let known = directory::practitioner(&caller.ctx, id).await?;
    let headers = [(header::CACHE_CONTROL, "no-cache")];
    Ok((headers, versioned(StatusCode::OK, known.version, PractitionerView::from(&known))).into_response())
}

/// The practitioners of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct PractitionerList {
    /// By family name, at most 200.
    pub practitioners: Vec<PractitionerView>,
}

/// The practitioners of an organization who can be booked.
#[utoipa::path(get, path = "/v1/organizations/{id}/practitioners", tag = "organizations", security(()),
    responses((status = 200, description = "Its practitioners", body = PractitionerList)))]
pub(crate) async fn of_organization(
    caller: Caller,
    Id(id): Id<OrganizationId>,
) -> Result<Json<PractitionerList>, Problem> {
    directory::organization(&caller.ctx, id).await?;
    let known = directory::practitioners_of(&caller.ctx, &[id]).await?;
    Ok(Json(PractitionerList { practitioners: known.iter().map(PractitionerView::from).collect() }))
}

/// What to change.
pub struct PractitionerChangeBody(PractitionerChange);

/// Changes of a practitioner: what is left out stays as it is, null takes a value away (RFC 7396).
#[derive(ToSchema)]
#[schema(as = PractitionerChange)]
#[allow(dead_code, reason = "a schema: the body is read by `PractitionerChangeBody::read`")]
pub(crate) struct PractitionerChangeSchema {
    given_name: Option<String>,
    family_name: Option<String>,
    specialty: Option<String>,
    sector: Option<String>,
    languages: Option<Vec<String>>,
    phone: Option<String>,
    email: Option<String>,
    about: Option<String>,
    accepts_new_patients: Option<bool>,
    telehealth: Option<bool>,
    works_public_holidays: Option<bool>,
    active: Option<bool>,
}

impl FromFields for PractitionerChangeBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(PractitionerChange {
            given_name: fields.replace("given_name", read::text(1..=100)),
            family_name: fields.replace("family_name", read::text(1..=100)),
            specialty: fields.change("specialty", read::text(1..=60)),
            sector: fields.change("sector", read::text(1..=40)),
            languages: fields.replace("languages", read::list(20, read::language)),
            phone: fields.change("phone", read::phone),
            email: fields.change("email", read::email),
            about: fields.change("about", read::paragraph(1..=2000)),
            accepts_new_patients: fields.replace("accepts_new_patients", read::boolean),
            telehealth: fields.replace("telehealth", read::boolean),
            works_public_holidays: fields.replace("works_public_holidays", read::boolean),
            active: fields.replace("active", read::boolean),
        }))
    }
}

/// Change a practitioner.
#[utoipa::path(patch, path = "/v1/practitioners/{id}", tag = "practitioners", request_body = PractitionerChangeSchema,
    responses((status = 200, description = "The practitioner as changed", body = PractitionerView)))]
pub(crate) async fn change(
    _: SignedIn,
    Id(id): Id<PractitionerId>,
    command: Command<PractitionerChangeBody>,
) -> Result<Response, Problem> {
    let change = command.body.0;
    let known = directory::update_practitioner(&command.ctx, id, command.if_match, change).await?;
    Ok(versioned(StatusCode::OK, known.version, PractitionerView::from(&known)))
}
