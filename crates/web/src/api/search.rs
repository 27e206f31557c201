//! Who is free near here.

use axum::Json;
use axum::http::{HeaderName, header};
use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use rendez_domain::regions::complete_place;
use rendez_domain::search::{self, Cursor, Facet, Found, SearchRefusal, SearchRequest, SearchResults};
use rendez_vocab::ids::PractitionerId;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::practitioners::PractitionerView;
use super::slots::SlotView;
use crate::extract::fields::wrong;
use crate::extract::{ApiQuery, Caller, Fields, FromFields, Read, page, read};
use crate::problem::{FieldError, Problem};

/// Answers may be a second old.
const A_SECOND: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=1")];

/// What somebody is looking for. Everything may be left out.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "a description: the query is read into `SearchQuery`")]
pub(crate) struct SearchParams {
    /// A code of `GET /v1/specialties`.
    #[param(example = "cardiology")]
    specialty: Option<String>,
    /// Name or specialty as typed: prefixes, accents and one or two slips are forgiven.
    q: Option<String>,
    /// Degrees north, together with `lon`.
    lat: Option<f64>,
    /// Degrees east, together with `lat`.
    lon: Option<f64>,
    /// 1 to 500; 30 without it.
    radius_km: Option<f64>,
    /// A town's name or postal code, instead of `lat` and `lon`.
    #[param(example = "Rennes")]
    place: Option<String>,
    /// Free at or after; now without it.
    from: Option<Timestamp>,
    /// Free before; four weeks after `from` without it.
    to: Option<Timestamp>,
    /// Visits at least so long.
    visit_minutes: Option<u32>,
    /// Who speaks it: a code of ISO 639.
    #[param(example = "fr")]
    language: Option<String>,
    /// At a distance.
    telehealth: Option<bool>,
    /// Who takes new patients.
    new_patients: Option<bool>,
    /// Only on these days by the location's clock.
    #[param(example = "sat,sun")]
    days: Option<String>,
    /// Only starts between these times by the location's clock.
    #[param(example = "18:00-21:00")]
    hours: Option<String>,
    /// 1 to 100; 20 without it.
    limit: Option<u8>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A search as it was asked for.
pub struct SearchQuery(SearchRequest);

impl FromFields for SearchQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let cursor: Option<(i64, PractitionerId)> = fields.optional("cursor", page::place);
        let mut request = SearchRequest {
            specialty: fields.optional("specialty", read::text(1..=60)),
            q: fields.optional("q", read::text(1..=100)),
            near: near(fields),
            radius_km: fields.optional("radius_km", read::spelled(read::decimal(1.0..=500.0))),
            from: fields.optional("from", read::instant),
            to: fields.optional("to", read::instant),
            visit_minutes: fields.optional("visit_minutes", read::spelled(read::integer(1..=1440))),
            language: fields.optional("language", read::language),
            telehealth: fields.optional("telehealth", read::spelled(read::boolean)),
            new_patients: fields.optional("new_patients", read::spelled(read::boolean)),
            days: fields.optional("days", days).unwrap_or_default(),
            hours: fields.optional("hours", hours),
            limit: page::limit(fields),
            after: None,
        };
        if let (Some(from), Some(to)) = (request.from, request.to)
            && to <= from
        {
            fields.refuse("to", "not-after-from", "The end must come after the start.");
        }
        request.after = cursor.map(|(metres, practitioner)| Cursor { metres, practitioner });
        Some(Self(request))
    }
}

fn near(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let latitude = fields.optional("lat", read::spelled(read::decimal(-90.0..=90.0)));
    let longitude = fields.optional("lon", read::spelled(read::decimal(-180.0..=180.0)));
    let place = fields.optional("place", town);
    for (one, other) in [("lat", "lon"), ("lon", "lat")] {
        if fields.has(one) && !fields.has(other) {
            fields.refuse(other, "missing", format!("Send it together with `{one}`."));
        }
    }
    latitude.zip(longitude).or(place)
}

fn town(value: &Value) -> Read<(f64, f64)> {
    let typed = read::text(1..=100)(value)?;
    match complete_place(&typed, 1).first() {
        Some(place) => Ok((place.latitude, place.longitude)),
        None => Err(vec![wrong("unknown-place", "Send a town or postal code of `GET /v1/places`.")]),
    }
}

fn days(value: &Value) -> Read<Vec<Weekday>> {
    let day = |name: &str| {
        Some(match name.trim() {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            "sun" => Weekday::Sunday,
            _ => return None,
        })
    };
    let found: Option<Vec<Weekday>> = value.as_str().unwrap_or_default().split(',').map(day).collect();
    found.ok_or_else(|| vec![wrong("not-one-of", "Send days such as `sat,sun`.")])
}

fn hours(value: &Value) -> Read<(Time, Time)> {
    let edges = value.as_str().and_then(|text| text.split_once('-'));
    let (from, until) =
        edges.ok_or_else(|| vec![wrong("not-hours", "Send two times of the day such as `18:00-21:00`.")])?;
    let from = read::wall_time(&Value::from(from.trim()))?;
    let until = match until.trim() {
        // The last moment of the day: there is no later time of day.
        "24:00" => Time::MAX,
        until => read::wall_time(&Value::from(until))?,
    };
    match from < until {
        true => Ok((from, until)),
        false => Err(vec![wrong("not-after-start", "The second time must come after the first.")]),
    }
}

/// One result.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundView {
    /// Who.
    pub practitioner: PractitionerView,
    /// How far, if a place was asked for.
    pub distance_km: Option<f64>,
    /// The next free ones, at most three.
    pub next_slots: Vec<SlotView>,
}

impl From<Found> for FoundView {
    fn from(found: Found) -> Self {
        let id = found.practitioner.id;
        Self {
            practitioner: PractitionerView::from(&found.practitioner),
            distance_km: found.distance_km,
            next_slots: found.next_slots.into_iter().map(|slot| SlotView::new(id, slot)).collect(),
        }
    }
}

/// How many of all matches have a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facet)]
pub struct FacetView {
    /// The value.
    pub value: String,
    /// How many.
    pub count: i64,
}

impl From<Facet> for FacetView {
    fn from(facet: Facet) -> Self {
        Self { value: facet.value, count: facet.count }
    }
}

/// Counts over all matches, free or not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facets)]
pub struct FacetsView {
    /// Most first, at most 20.
    pub specialties: Vec<FacetView>,
    /// Most first, at most 20.
    pub languages: Vec<FacetView>,
    /// How many offer visits at a distance.
    pub telehealth: i64,
    /// How many take new patients.
    pub new_patients: i64,
}

/// The answer to a search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct SearchView {
    /// Nearest first, and only those with a free slot.
    pub results: Vec<FoundView>,
    /// How many match, free or not.
    pub total: i64,
    /// Counts over those.
    pub facets: FacetsView,
    /// The instant for which this is true.
    pub as_of: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// For the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl SearchView {
    fn new(found: SearchResults, took: std::time::Duration) -> Self {
        let views = |facets: Vec<Facet>| facets.into_iter().map(FacetView::from).collect();
        Self {
            results: found.results.into_iter().map(FoundView::from).collect(),
            total: found.total,
            facets: FacetsView {
                specialties: views(found.facets.specialties),
                languages: views(found.facets.languages),
                telehealth: found.facets.telehealth,
                new_patients: found.facets.new_patients,
            },
            as_of: found.as_of,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            next_cursor: found.next.map(|next| page::cursor(next.metres, next.practitioner)),
        }
    }
}

/// Who is free: nearest first, with their next free times. Booking checks everything again.
#[utoipa::path(get, path = "/v1/search", tag = "search", params(SearchParams), security(()),
    responses((status = 200, description = "A page of results", body = SearchView)))]
pub(crate) async fn search(
    caller: Caller,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<([(HeaderName, &'static str); 1], Json<SearchView>), Problem> {
    let started = Instant::now();
    let found = search::search(&caller.ctx, &query.0).await?;
    Ok((A_SECOND, Json(SearchView::new(found, started.elapsed()))))
}

impl From<SearchRefusal> for Problem {
    fn from(refusal: SearchRefusal) -> Self {
        let field = |name: &str, code: &'static str, detail: &str| {
            Self::fields(vec![FieldError { pointer: format!("/{name}"), code, detail: detail.to_owned() }])
        };
        match refusal {
            SearchRefusal::UnknownSpecialty => {
                field("specialty", "unknown-specialty", "Send a code of `GET /v1/specialties`.")
            }
            SearchRefusal::EmptyWindow => field("to", "not-after-from", "The end must come after the start."),
            SearchRefusal::Fault(fault) => fault.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(query: Value) -> Result<SearchRequest, Vec<&'static str>> {
        Fields::of(&query, SearchQuery::read)
            .map(|SearchQuery(request)| request)
            .map_err(|errors| errors.into_iter().map(|error| error.code).collect())
    }

    #[test]
    fn a_search_reads_days_hours_and_places() {
        let request =
            asked(json!({"place": "Rennes", "days": "sat,sun", "hours": "18:00-24:00", "limit": "5"}));
        let request = request.expect("fits");
        assert_eq!(request.days, [Weekday::Saturday, Weekday::Sunday]);
        assert_eq!(request.hours.map(|(from, _)| from.hour()), Some(18));
        assert!(request.near.is_some_and(|(latitude, _)| (latitude - 48.1).abs() < 0.1));
        assert_eq!(request.limit, 5);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert_eq!(asked(json!({"lat": "48.1"})).err(), Some(vec!["missing"]));
        assert_eq!(asked(json!({"place": "Xyzzyville"})).err(), Some(vec!["unknown-place"]));
        assert_eq!(asked(json!({"hours": "21:00-18:00"})).err(), Some(vec!["not-after-start"]));
        let reversed = json!({"from": "2026-12-02T00:00:00Z", "to": "2026-12-01T00:00:00Z"});
        assert_eq!(asked(reversed).err(), Some(vec!["not-after-from"]));
        assert_eq!(asked(json!({"days": "someday"})).err(), Some(vec!["not-one-of"]));
        assert_eq!(asked(json!({"telehealth": "perhaps"})).err(), Some(vec!["not-a-boolean"]));
    }
}
