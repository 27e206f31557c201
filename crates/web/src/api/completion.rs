//! What search understands, while it is being typed: specialties, practitioners, and towns, also the town of a position.

use axum::Json;
use axum::http::{HeaderName, header};
use rendez_domain::regions::{Place, Specialty};
use rendez_domain::search::{Known, complete_place, people_like, specialties_like, town_at};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::search::request::position;
use crate::extract::{ApiQuery, Caller, Fields, FromFields, read};
use crate::problem::Problem;

/// Both change with a release only.
const AN_HOUR: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=3600")];
/// Names of practitioners change with the directory.
const A_MINUTE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=60")];
const MOST_PLACES: usize = 10;
const MOST_OF_A_KIND: usize = 5;

/// A specialty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Specialty)]
pub struct SpecialtyView {
    /// What requests name it by.
    pub code: String,
    /// What people call it.
    pub name: String,
}

impl SpecialtyView {
    fn new(specialty: &Specialty, locale: &str) -> Self {
        Self { code: specialty.code.clone(), name: specialty.name(locale).to_owned() }
    }
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
    let specialties = pack.specialties().iter().map(|specialty| SpecialtyView::new(specialty, locale));
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
    /// Instead of `q`: degrees north of a position, together with `lon`. The town there is the answer.
    #[param(value_type = Option<f64>)]
    lat: Option<f64>,
    /// Degrees east.
    #[param(value_type = Option<f64>)]
    lon: Option<f64>,
    /// 1 to 100; 10 without it.
    #[param(value_type = Option<u8>)]
    limit: usize,
}

impl FromFields for PlaceQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let q = fields.optional("q", read::text(1..=100)).unwrap_or_default();
        let limit = fields.optional("limit", read::spelled(read::integer::<u8>(1..=100)));
        let (lat, lon) = position(fields).unzip();
        Some(Self { q, lat, lon, limit: limit.map_or(MOST_PLACES, usize::from) })
    }
}

/// Completes a place.
#[utoipa::path(get, path = "/v1/places", tag = "search", params(PlaceQuery), security(()),
    responses((status = 200, description = "Towns that may be meant", body = PlaceList)))]
pub(crate) async fn places(
    caller: Caller,
    ApiQuery(query): ApiQuery<PlaceQuery>,
) -> ([(HeaderName, &'static str); 1], Json<PlaceList>) {
    let found = match query.lat.zip(query.lon) {
        Some(position) => town_at(caller.ctx.pack, position).into_iter().collect(),
        None => complete_place(caller.ctx.pack, &query.q, query.limit),
    };
    (AN_HOUR, Json(PlaceList { places: found.into_iter().map(PlaceView::from).collect() }))
}

/// Somebody who may be meant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PractitionerCompletion)]
pub struct PersonView {
    /// Whose page it is.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// What people call the specialty.
    pub specialty: Option<String>,
    /// The town of the main location.
    pub city: Option<String>,
}

/// What may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletionList {
    /// By name or lay word, the likeliest first.
    pub specialties: Vec<SpecialtyView>,
    /// By name, those with the fewest slips first.
    pub practitioners: Vec<PersonView>,
}

/// What was typed, and in which language names are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompletionQuery {
    /// The start of a specialty, a lay word, or a name; nothing is found without it.
    #[param(value_type = Option<String>, example = "derm")]
    q: String,
    /// The language of the specialties' names; the region's own without it.
    #[param(example = "en")]
    locale: Option<String>,
    /// Of each kind: 1 to 20; 5 without it.
    #[param(value_type = Option<u8>)]
    limit: usize,
}

impl FromFields for CompletionQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let q = fields.optional("q", read::text(1..=100)).unwrap_or_default();
        let locale = fields.optional("locale", read::language);
        let limit = fields.optional("limit", read::spelled(read::integer::<u8>(1..=20)));
        Some(Self { q, locale, limit: limit.map_or(MOST_OF_A_KIND, usize::from) })
    }
}

/// Completes a specialty or a practitioner's name.
#[utoipa::path(get, path = "/v1/completions", tag = "search", params(CompletionQuery), security(()),
    responses((status = 200, description = "What may be meant", body = CompletionList)))]
pub(crate) async fn completions(
    caller: Caller,
    ApiQuery(query): ApiQuery<CompletionQuery>,
) -> Result<([(HeaderName, &'static str); 1], Json<CompletionList>), Problem> {
    let pack = caller.ctx.pack;
    let locale = query.locale.as_deref().unwrap_or(pack.default_locale());
    let typed = query.q.trim();
    if typed.is_empty() {
        return Ok((A_MINUTE, Json(CompletionList { specialties: Vec::new(), practitioners: Vec::new() })));
    }
    let specialties = specialties_like(pack, typed).into_iter().take(query.limit);
    let people = people_like(&caller.ctx, typed, query.limit).await?;
    let person = |known: &Known| {
        let card = known.card()?;
        let specialty = card.specialty.and_then(|code| pack.specialty(code));
        Some(PersonView {
            id: known.practitioner.to_string(),
            name: format!("{} {}", card.given_name, card.family_name),
            specialty: specialty.map(|specialty| specialty.name(locale).to_owned()),
            city: card.locations().next().map(|location| location.city.to_owned()),
        })
    };
    let list = CompletionList {
        specialties: specialties.map(|specialty| SpecialtyView::new(specialty, locale)).collect(),
        practitioners: people.iter().filter_map(person).collect(),
    };
    Ok((A_MINUTE, Json(list)))
}
