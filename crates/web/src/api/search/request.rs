//! What somebody looks for, from the query string; whatever cannot be meant is refused by the name of its field.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use rendez_domain::regions::packs;
use rendez_domain::search::{FARTHEST_KM, SearchRequest, Town, town};
use serde_json::Value;
use utoipa::IntoParams;

use super::cursor;
use crate::extract::fields::wrong;
use crate::extract::{Fields, FromFields, Read, page, read};

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
    /// A town's name, its postal code, or both, instead of `lat` and `lon`. Of several towns of a name the largest is meant;
    /// the answer's `place` tells which one was understood.
    #[param(example = "Rennes")]
    place: Option<String>,
    /// Free at or after; now without it.
    from: Option<Timestamp>,
    /// Free before, at most 62 days after `from`, or after now if that is later; four weeks after it without.
    to: Option<Timestamp>,
    /// Visits at least so long.
    visit_minutes: Option<u32>,
    /// Who speaks it: a code of ISO 639.
    #[param(example = "fr")]
    language: Option<String>,
    /// At a distance (true), or on the spot (false).
    telehealth: Option<bool>,
    /// Who takes new patients, and a visit that they may book (true), or who takes none (false).
    new_patients: Option<bool>,
    /// Who charges so, as practitioners' `sector` says it.
    #[param(example = "sector-1")]
    sector: Option<String>,
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
pub(crate) struct SearchQuery {
    pub(super) request: SearchRequest,
    /// The town around which is searched, if it was named.
    pub(super) town: Option<Town>,
}

impl FromFields for SearchQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let position = position(fields);
        let town = fields.optional("place", named).filter(|_| position.is_none());
        let near = position.or(town.as_ref().map(|town| (town.place.latitude, town.place.longitude)));
        let request = SearchRequest {
            specialty: fields.optional("specialty", read::text(1..=60)),
            q: fields.optional("q", read::text(1..=100)),
            near,
            radius_km: fields.optional("radius_km", read::spelled(read::decimal(1.0..=FARTHEST_KM))),
            from: fields.optional("from", read::instant),
            to: fields.optional("to", read::instant),
            visit_minutes: fields.optional("visit_minutes", read::spelled(read::integer(1..=1440))),
            language: fields.optional("language", read::language),
            telehealth: fields.optional("telehealth", read::spelled(read::boolean)),
            new_patients: fields.optional("new_patients", read::spelled(read::boolean)),
            sector: fields.optional("sector", read::text(1..=40)),
            days: fields.optional("days", days).unwrap_or_default(),
            hours: fields.optional("hours", hours),
            limit: page::limit(fields),
            after: fields.optional("cursor", cursor::read),
            ahead: None,
        };
        // How wide it is can only be judged by when it really begins.
        if let (Some(from), Some(to)) = (request.from, request.to)
            && to <= from
        {
            fields.refuse("to", "not-after-from", "The end must come after the start.");
        }
        Some(Self { request, town })
    }
}

/// A position, of which nothing or both parts are sent.
pub(crate) fn position(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let latitude = fields.optional("lat", read::spelled(read::decimal(-90.0..=90.0)));
    let longitude = fields.optional("lon", read::spelled(read::decimal(-180.0..=180.0)));
    for (one, other) in [("lat", "lon"), ("lon", "lat")] {
        if fields.has(one) && !fields.has(other) {
            fields.refuse(other, "missing", format!("Send it together with `{one}`."));
        }
    }
    latitude.zip(longitude)
}

fn named(value: &Value) -> Read<Town> {
    let typed = read::text(1..=100)(value)?;
    match packs().iter().find_map(|pack| town(pack, &typed)) {
        Some(town) => Ok(town),
        None => Err(vec![wrong("unknown-place", "Send a town or postal code of `GET /v1/places`.")]),
    }
}

/// A day of the week by the three letters that `days` has for it.
pub(crate) fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn days(value: &Value) -> Read<Vec<Weekday>> {
    let typed = value.as_str().unwrap_or_default();
    let found: Option<Vec<Weekday>> = typed.split(',').map(|name| weekday(name.trim())).collect();
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(query: Value) -> Result<SearchRequest, Vec<&'static str>> {
        Fields::of(&query, SearchQuery::read)
            .map(|query| query.request)
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
        let reversed = json!({"from": "2026-12-02T00:00:00Z", "to": "2026-12-01T00:00:00Z"});
        for (query, code) in [
            (json!({"lat": "48.1"}), "missing"),
            (json!({"lat": "NaN", "lon": "2"}), "not-a-number"),
            (json!({"lat": "inf", "lon": "2"}), "not-a-number"),
            (json!({"lat": "1e999", "lon": "2"}), "not-a-number"),
            (json!({"lat": "91", "lon": "2"}), "out-of-range"),
            (json!({"radius_km": "0"}), "out-of-range"),
            (json!({"radius_km": "10000"}), "out-of-range"),
            (json!({"radius_km": "-inf"}), "not-a-number"),
            (json!({"place": "Xyzzyville"}), "unknown-place"),
            (json!({"hours": "21:00-18:00"}), "not-after-start"),
            (reversed, "not-after-from"),
            (json!({"days": "someday"}), "not-one-of"),
            (json!({"telehealth": "perhaps"}), "not-a-boolean"),
            (json!({"language": "xx"}), "unknown-language"),
            (json!({"cursor": "garbage"}), "not-a-cursor"),
            (json!({"limit": "101"}), "out-of-range"),
            (json!({"visit_minutes": "0"}), "out-of-range"),
        ] {
            assert_eq!(asked(query.clone()).err(), Some(vec![code]), "{query}");
        }
    }
}
