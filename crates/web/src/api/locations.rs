//! Organizations, their locations and rooms.

use axum::Json;
use axum::response::Response;
use rendez_domain::Ctx;
use rendez_domain::directory::{self, Location, NewLocation, NewRoom, Room};
use rendez_vocab::ids::{LocationId, OrganizationId, RoomId};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first, render};
use crate::extract::{Caller, Command, Fields, FromFields, Id, SignedIn, read};
use crate::problem::Problem;

/// A place to enter.
#[derive(ToSchema)]
pub struct LocationBody {
    /// What people call it.
    #[schema(example = "Cabinet du Parc")]
    pub name: String,
    /// Street and number.
    pub line: Option<String>,
    /// In the country's form.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2; the region's country without it.
    #[schema(example = "FR")]
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// IANA zone; the region's main zone without it.
    #[schema(example = "Europe/Paris")]
    pub time_zone: Option<String>,
}

impl FromFields for LocationBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", read::text(1..=200));
        let body = Self {
            name: String::new(),
            line: fields.optional("line", read::text(0..=200)),
            postal_code: fields.optional("postal_code", read::text(0..=20)),
            city: fields.optional("city", read::text(0..=200)),
            country: fields.optional("country", read::country),
            latitude: fields.optional("latitude", read::decimal(-90.0..=90.0)),
            longitude: fields.optional("longitude", read::decimal(-180.0..=180.0)),
            time_zone: fields.optional("time_zone", read::time_zone),
        };
        for (one, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
            if fields.has(one) && !fields.has(other) {
                fields.refuse(other, "missing", format!("Send it together with `{one}`."));
            }
        }
        Some(Self { name: name?, ..body })
    }
}

impl LocationBody {
    /// The place, with the region's country and zone where none is named.
    pub fn in_region_of(self, ctx: &Ctx) -> NewLocation {
        NewLocation {
            name: self.name,
            line: self.line.unwrap_or_default(),
            postal_code: self.postal_code.unwrap_or_default(),
            city: self.city.unwrap_or_default(),
            country: self.country.unwrap_or_else(|| ctx.pack.region().as_str().to_ascii_uppercase()),
            latitude: self.latitude,
            longitude: self.longitude,
            time_zone: self.time_zone.unwrap_or_else(|| ctx.pack.time_zone_name().to_owned()),
        }
    }
}

/// A place where visits happen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub struct LocationView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: LocationId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Street and number.
    pub line: String,
    /// In the country's form.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees north, if known.
    pub latitude: Option<f64>,
    /// Degrees east, if known.
    pub longitude: Option<f64>,
    /// IANA zone.
    pub time_zone: String,
}

impl From<&Location> for LocationView {
    fn from(place: &Location) -> Self {
        Self {
            id: place.id,
            organization_id: place.organization,
            name: place.name.clone(),
            line: place.line.clone(),
            postal_code: place.postal_code.clone(),
            city: place.city.clone(),
            country: place.country.clone(),
            latitude: place.latitude,
            longitude: place.longitude,
            time_zone: place.time_zone.clone(),
        }
    }
}

/// A practice, hospital or group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub struct OrganizationView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
}

/// The locations of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationList {
    /// By name, at most 100.
    pub locations: Vec<LocationView>,
}

/// One organization.
#[utoipa::path(get, path = "/v1/organizations/{id}", tag = "organizations", security(()),
    responses((status = 200, description = "The organization", body = OrganizationView)))]
pub(crate) async fn organization(
    caller: Caller,
    Id(id): Id<OrganizationId>,
) -> Result<Json<OrganizationView>, Problem> {
    let found = directory::organization(&caller.ctx, id).await?;
    Ok(Json(OrganizationView { id: found.id, name: found.name }))
}

/// The locations of an organization.
#[utoipa::path(get, path = "/v1/organizations/{id}/locations", tag = "organizations", security(()),
    responses((status = 200, description = "Its locations", body = LocationList)))]
pub(crate) async fn list(caller: Caller, Id(id): Id<OrganizationId>) -> Result<Json<LocationList>, Problem> {
    directory::organization(&caller.ctx, id).await?;
    let found = directory::locations(&caller.ctx, id).await?;
    Ok(Json(LocationList { locations: found.iter().map(LocationView::from).collect() }))
}

/// Enter a location of an organization.
#[utoipa::path(post, path = "/v1/organizations/{id}/locations", tag = "organizations", request_body = LocationBody,
    responses((status = 201, description = "The location", body = LocationView)))]
pub(crate) async fn add(
    _: SignedIn,
    Id(id): Id<OrganizationId>,
    command: Command<LocationBody>,
) -> Result<Response, Problem> {
    let new = command.body.in_region_of(&command.ctx);
    let answer =
        directory::add_location(&command.ctx, id, new, |made| render(&LocationView::from(made))).await?;
    Ok(first(answer, |made| LocationView::from(&made), None))
}

/// One location.
#[utoipa::path(get, path = "/v1/locations/{id}", tag = "organizations", security(()),
    responses((status = 200, description = "The location", body = LocationView)))]
pub(crate) async fn find(caller: Caller, Id(id): Id<LocationId>) -> Result<Json<LocationView>, Problem> {
    Ok(Json(LocationView::from(&directory::location(&caller.ctx, id).await?)))
}

/// A room or device to enter.
#[derive(ToSchema)]
pub struct RoomBody {
    /// What visit types ask for: lower-case letters, digits, hyphens.
    #[schema(example = "x-ray")]
    pub kind: String,
    /// What people call it.
    pub name: String,
}

impl FromFields for RoomBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("kind", read::kebab);
        let name = fields.required("name", read::text(1..=200));
        Some(Self { kind: kind?, name: name? })
    }
}

/// A room or device that visits may need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Room)]
pub struct RoomView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RoomId,
    /// Where it is.
    #[schema(value_type = String)]
    pub location_id: LocationId,
    /// What visit types ask for.
    pub kind: String,
    /// What people call it.
    pub name: String,
}

impl From<&Room> for RoomView {
    fn from(room: &Room) -> Self {
        Self { id: room.id, location_id: room.location, kind: room.kind.clone(), name: room.name.clone() }
    }
}

/// The rooms of a location.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomList {
    /// By kind and name, at most 100.
    pub rooms: Vec<RoomView>,
}

/// The rooms and devices of a location.
#[utoipa::path(get, path = "/v1/locations/{id}/rooms", tag = "organizations",
    responses((status = 200, description = "Its rooms", body = RoomList)))]
pub(crate) async fn rooms(caller: SignedIn, Id(id): Id<LocationId>) -> Result<Json<RoomList>, Problem> {
    directory::location(&caller.ctx, id).await?;
    let found = directory::rooms(&caller.ctx, id).await?;
    Ok(Json(RoomList { rooms: found.iter().map(RoomView::from).collect() }))
}

/// Enter a room or device of a location.
#[utoipa::path(post, path = "/v1/locations/{id}/rooms", tag = "organizations", request_body = RoomBody,
    responses((status = 201, description = "The room", body = RoomView)))]
pub(crate) async fn add_room(
    _: SignedIn,
    Id(id): Id<LocationId>,
    command: Command<RoomBody>,
) -> Result<Response, Problem> {
    let new = NewRoom { kind: command.body.kind, name: command.body.name };
    let answer = directory::add_room(&command.ctx, id, new, |made| render(&RoomView::from(made))).await?;
    Ok(first(answer, |made| RoomView::from(&made), None))
}
