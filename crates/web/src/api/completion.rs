//! What search understands: the region's specialties, and towns by the start of their name.

use axum::Json;
use axum::http::{HeaderName, header};
use rendez_domain::regions::Place;
use rendez_domain::search::complete_place;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{ApiQuery, Caller, Fields, FromFields, read};

/// Both change with a release only.
const AN_HOUR: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=3600")];
const MOST_PLACES: usize = 10;

/// A specialty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Specialty)]
pub struct SpecialtyView {
    /// What requests name it by.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// Every specialty of the region.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialtyList {
    /// In the order of the region's pack.
    pub specialties: Vec<SpecialtyView>,
}

/// In which language.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocaleQuery {
    /// The language of the names; the region's own without it.
    #[param(example = "en")]
    locale: Option<String>,
}

impl FromFields for LocaleQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { locale: fields.optional("locale", read::language) })
    }
}

/// Every specialty of the region.
#[utoipa::path(get, path = "/v1/specialties", tag = "search", params(LocaleQuery), security(()),
    responses((status = 200, description = "The specialties", body = SpecialtyList)))]
pub(crate) async fn specialties(
    caller: Caller,
    ApiQuery(query): ApiQuery<LocaleQuery>,
) -> ([(HeaderName, &'static str); 1], Json<SpecialtyList>) {
    let pack = caller.ctx.pack;
    let locale = query.locale.as_deref().unwrap_or(pack.default_locale());
    let specialties = pack.specialties().iter().map(|specialty| SpecialtyView {
        code: specialty.code.clone(),
        name: specialty.name(locale).to_owned(),
    });
    (AN_HOUR, Json(SpecialtyList { specialties: specialties.collect() }))
}

/// A town.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub struct PlaceView {
    /// Its name.
    #[schema(example = "Rennes")]
    pub name: String,
    /// Its first postal code.
    pub postal_code: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl From<&Place> for PlaceView {
    fn from(place: &Place) -> Self {
        Self {
            name: place.name.clone(),
            postal_code: place.postal_code.clone(),
            latitude: place.latitude,
            longitude: place.longitude,
        }
    }
}

/// Towns.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceList {
    /// The likeliest first.
    pub places: Vec<PlaceView>,
}

/// What was typed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlaceQuery {
    /// The start of a name, of a postal code, or a name and the start of a code; nothing is found without it.
    #[param(value_type = Option<String>, example = "ren")]
    q: String,
    /// 1 to 100; 10 without it.
    #[param(value_type = Option<u8>)]
    limit: usize,
}

impl FromFields for PlaceQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let q = fields.optional("q", read::text(1..=100)).unwrap_or_default();
        let limit = fields.optional("limit", read::spelled(read::integer::<u8>(1..=100)));
        Some(Self { q, limit: limit.map_or(MOST_PLACES, usize::from) })
    }
}

/// Completes a place.
#[utoipa::path(get, path = "/v1/places", tag = "search", params(PlaceQuery), security(()),
    responses((status = 200, description = "Towns that may be meant", body = PlaceList)))]
pub(crate) async fn places(
    caller: Caller,
    ApiQuery(query): ApiQuery<PlaceQuery>,
) -> ([(HeaderName, &'static str); 1], Json<PlaceList>) {
    let found = complete_place(caller.ctx.pack, &query.q, query.limit);
    (AN_HOUR, Json(PlaceList { places: found.into_iter().map(PlaceView::from).collect() }))
}
