//! Candidates by SQL, slots by computation, one reading of claims for each page of candidates.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use tokio_postgres::Row;
use uuid::Uuid;

use super::model::{Cursor, Facet, Facets, Found, SearchRefusal, SearchRequest, SearchResults};
use super::words::specialties_like;
use crate::availability::{Schedule, Slot, VisitType};
use crate::booking::Rooms;
use crate::ctx::Ctx;
use crate::directory;
use crate::regions::search_key;
use crate::timeline::{Claim, seen, sees};

/// How many slots a result shows.
const SHOWN: usize = 3;
/// How many candidates are looked at before a page is given up as full enough.
const CANDIDATES_PER_ROUND: i64 = 40;
/// Rounds of candidates at most: who is full for weeks is passed over, but not without end.
const ROUNDS: usize = 5;
const USUAL_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 28);
const WIDEST_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 62);
/// As the directory allows; a visit and its buffers behind are never longer than four of these.
const LONGEST_BUFFER: SignedDuration = SignedDuration::from_hours(8);
const USUAL_RADIUS_KM: f64 = 30.0;
const KM_PER_DEGREE: f64 = 111.195;

/// The matches of `$1` specialties or `$2` words, `$3` language, `$4` telehealth, `$5` new patients, around `$6`, `$7` within
/// `$8` km, `$9` the one specialty that is asked for; a box of degrees first, so that the index on positions serves.
macro_rules! matches {
    () => {
        "matches AS (
    SELECT p.id, p.family_name, p.specialty, p.languages, p.telehealth, p.accepts_new_patients,
        CASE WHEN $6::float8 IS NULL THEN 0 ELSE round(12742000 * asin(least(1, sqrt(
            sin(radians(l.latitude - $6) / 2) ^ 2
            + cos(radians($6)) * cos(radians(l.latitude)) * sin(radians(l.longitude - $7) / 2) ^ 2))))::bigint END AS metres
    FROM practitioner p JOIN location l ON l.id = p.location_id
    WHERE p.active
      AND ($9::text IS NULL OR p.specialty = $9)
      AND (($1::text[] IS NULL AND $2::text[] IS NULL) OR p.specialty = ANY ($1::text[])
           OR ($2::text[] IS NOT NULL AND (SELECT bool_and(' ' || p.search_name LIKE '% ' || word || '%') FROM unnest($2::text[]) AS word)))
      AND ($3::text IS NULL OR $3 = ANY (p.languages))
      AND ($4::boolean IS NULL OR p.telehealth OR NOT $4)
      AND ($5::boolean IS NULL OR p.accepts_new_patients = $5)
      AND ($6::float8 IS NULL OR (
          l.latitude BETWEEN $6 - $8::float8 / 111.195 AND $6 + $8::float8 / 111.195
          AND l.longitude BETWEEN $7::float8 - $8::float8 / (111.195 * greatest(cos(radians($6)), 0.01))
                              AND $7::float8 + $8::float8 / (111.195 * greatest(cos(radians($6)), 0.01))))
)"
    };
}

const PAGE: &str = concat!(
    "WITH ",
    matches!(),
    " SELECT id, metres, rendez_now() FROM matches
      WHERE metres <= coalesce($8::float8 * 1000, 0) AND (metres, id) > ($10, $11) ORDER BY metres, id LIMIT $12"
);
const TOTALS: &str = concat!(
    "WITH ",
    matches!(),
    ", found AS (SELECT * FROM matches WHERE metres <= coalesce($8::float8 * 1000, 0))
      SELECT 'total', '', count(*) FROM found
      UNION ALL SELECT 'telehealth', '', count(*) FROM found WHERE telehealth
      UNION ALL SELECT 'new', '', count(*) FROM found WHERE accepts_new_patients
      UNION ALL (SELECT 'specialty', specialty, count(*) FROM found WHERE specialty IS NOT NULL GROUP BY specialty ORDER BY count(*) DESC, specialty LIMIT 20)
      UNION ALL (SELECT 'language', spoken, count(*) FROM found, unnest(languages) AS spoken GROUP BY spoken ORDER BY count(*) DESC, spoken LIMIT 20)"
);
const CLAIMS: &str = concat!(
    "SELECT p.id, p.schedule_version, c.starts_at, c.ends_at, c.kind, c.owner_id, c.expires_at
     FROM practitioner p LEFT JOIN claim c ON c.calendar_id = p.calendar_id AND ",
    sees!(),
    " AND (c.expires_at IS NULL OR c.expires_at > rendez_now()) WHERE p.id = ANY ($1) ORDER BY c.starts_at"
);
/// The name that somebody probably meant, when nothing matches what they typed.
const MEANT: &str = "SELECT search_name FROM practitioner WHERE active AND $1 <% search_name
    ORDER BY word_similarity($1, search_name) DESC, search_name LIMIT 1";

/// What narrows the directory, as parameters.
struct Filter {
    specialty: Option<String>,
    specialties: Option<Vec<String>>,
    words: Option<Vec<String>>,
    language: Option<String>,
    telehealth: Option<bool>,
    new_patients: Option<bool>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    radius_km: Option<f64>,
}

/// Finds practitioners with free slots.
pub async fn search(ctx: &Ctx, request: &SearchRequest) -> Result<SearchResults, SearchRefusal> {
    if let Some(code) = &request.specialty
        && ctx.pack.specialty(code).is_none()
    {
        return Err(SearchRefusal::UnknownSpecialty);
    }
    let mut filter = filter(ctx, request);
    let (mut total, mut facets) = totals(ctx, &filter).await?;
    if total == 0
        && let Some(words) = meant(ctx, &filter).await?
    {
        filter.words = Some(words);
        (total, facets) = totals(ctx, &filter).await?;
    }
    let limit = usize::from(request.limit.clamp(1, 100));
    let mut found = Vec::with_capacity(limit);
    let mut after = request.after;
    let mut as_of = ctx.clock.now();
    let mut more = false;
    for _ in 0..ROUNDS {
        let page = page(ctx, &filter, after).await?;
        let Some(first) = page.first() else {
            more = false;
            break;
        };
        as_of = first.now;
        more = page.len() == usize::try_from(CANDIDATES_PER_ROUND).unwrap_or(usize::MAX);
        let window = window(request, as_of)?;
        let ids: Vec<Uuid> = page.iter().map(|candidate| candidate.id).collect();
        let free = free_slots(ctx, request, &ids, window, as_of).await?;
        for candidate in page {
            if found.len() == limit {
                more = true;
                break;
            }
            let id = PractitionerId::from_uuid(candidate.id);
            after = Some(Cursor { metres: candidate.metres, practitioner: id });
            if let Some(slots) = free.get(&candidate.id).filter(|slots| !slots.is_empty()) {
                found.push((id, candidate.metres, slots.clone()));
            }
        }
        if found.len() == limit || !more {
            break;
        }
    }
    let ids: Vec<PractitionerId> = found.iter().map(|(id, _, _)| *id).collect();
    let people = directory::practitioners_by_id(ctx, &ids).await?;
    let mut people: HashMap<PractitionerId, _> =
        people.into_iter().map(|person| (person.id, person)).collect();
    let results = found
        .into_iter()
        .filter_map(|(id, metres, next_slots)| {
            let distance_km = request.near.map(|_| metres as f64 / 1000.0);
            Some(Found { practitioner: people.remove(&id)?, distance_km, next_slots })
        })
        .collect();
    Ok(SearchResults { results, total, facets, next: after.filter(|_| more), as_of })
}

fn filter(ctx: &Ctx, request: &SearchRequest) -> Filter {
    let typed = request.q.as_deref().map(search_key).filter(|key| !key.is_empty());
    let meant: Vec<String> = typed
        .iter()
        .flat_map(|typed| specialties_like(ctx.pack, typed))
        .map(|specialty| specialty.code.clone())
        .collect();
    let words: Option<Vec<String>> = typed.map(|typed| typed.split(' ').map(like_literal).collect());
    Filter {
        // One that is asked for by code holds whatever is typed beside it.
        specialty: request.specialty.clone(),
        specialties: (!meant.is_empty()).then_some(meant),
        words,
        language: request.language.clone(),
        telehealth: request.telehealth,
        new_patients: request.new_patients,
        latitude: request.near.map(|(latitude, _)| latitude),
        longitude: request.near.map(|(_, longitude)| longitude),
        radius_km: request
            .near
            .map(|_| request.radius_km.unwrap_or(USUAL_RADIUS_KM).min(180.0 * KM_PER_DEGREE)),
    }
}

/// Search keys hold only letters, digits and blanks, but a letter of another script must not become a pattern either.
fn like_literal(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

async fn meant(ctx: &Ctx, filter: &Filter) -> Result<Option<Vec<String>>, Fault> {
    let Some(words) = &filter.words else { return Ok(None) };
    let conn = ctx.store.read_any().await?;
    let statement = conn.prepare_cached(MEANT).await?;
    let row = conn.query_opt(&statement, &[&words.join(" ")]).await?;
    Ok(row.map(|row| row.get::<_, &str>(0).split(' ').map(str::to_owned).collect()))
}

fn window(request: &SearchRequest, now: Timestamp) -> Result<TimeRange, SearchRefusal> {
    let from = request.from.map_or(now, |from| from.max(now));
    let widest = from.checked_add(WIDEST_WINDOW).unwrap_or(Timestamp::MAX);
    let to = request.to.unwrap_or_else(|| from.checked_add(USUAL_WINDOW).unwrap_or(widest)).min(widest);
    TimeRange::new(from, to).map_err(|_| SearchRefusal::EmptyWindow)
}

async fn totals(ctx: &Ctx, filter: &Filter) -> Result<(i64, Facets), Fault> {
    let conn = ctx.store.read_any().await?;
    let statement = conn.prepare_cached(TOTALS).await?;
    let rows = conn
        .query(
            &statement,
            &[
                &filter.specialties,
                &filter.words,
                &filter.language,
                &filter.telehealth,
                &filter.new_patients,
                &filter.latitude,
                &filter.longitude,
                &filter.radius_km,
                &filter.specialty,
            ],
        )
        .await?;
    let (mut total, mut facets) = (0, Facets::default());
    for row in &rows {
        let (kind, value, count): (&str, String, i64) = (row.get(0), row.get(1), row.get(2));
        match kind {
            "total" => total = count,
            "telehealth" => facets.telehealth = count,
            "new" => facets.new_patients = count,
            "specialty" => facets.specialties.push(Facet { value, count }),
            _ => facets.languages.push(Facet { value, count }),
        }
    }
    Ok((total, facets))
}

struct Candidate {
    id: Uuid,
    metres: i64,
    now: Timestamp,
}

async fn page(ctx: &Ctx, filter: &Filter, after: Option<Cursor>) -> Result<Vec<Candidate>, Fault> {
    let (metres, id) = after.map_or((-1, Uuid::nil()), |cursor| (cursor.metres, cursor.practitioner.uuid()));
    let conn = ctx.store.read_any().await?;
    let statement = conn.prepare_cached(PAGE).await?;
    let rows = conn
        .query(
            &statement,
            &[
                &filter.specialties,
                &filter.words,
                &filter.language,
                &filter.telehealth,
                &filter.new_patients,
                &filter.latitude,
                &filter.longitude,
                &filter.radius_km,
                &filter.specialty,
                &metres,
                &id,
                &CANDIDATES_PER_ROUND,
            ],
        )
        .await?;
    let candidate = |row: &Row| Candidate { id: row.get(0), metres: row.get(1), now: row.get(2) };
    Ok(rows.iter().map(candidate).collect())
}

/// The next free slots of each of these practitioners.
async fn free_slots(
    ctx: &Ctx,
    request: &SearchRequest,
    ids: &[Uuid],
    window: TimeRange,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<Slot>>, Fault> {
    // Buffers reach over the window's edges.
    let reach = TimeRange::new(
        window.start().checked_sub(LONGEST_BUFFER).unwrap_or(window.start()),
        window.end().checked_add(LONGEST_BUFFER * 4).unwrap_or(window.end()),
    )
    .unwrap_or(window);
    let conn = ctx.store.read_any().await?;
    let statement = conn.prepare_cached(CLAIMS).await?;
    let rows = conn.query(&statement, &[&ids, &reach.start(), &reach.end()]).await?;
    drop(conn);
    let mut versions: HashMap<Uuid, i64> = HashMap::new();
    let mut claims: HashMap<Uuid, Vec<Claim>> = HashMap::new();
    for row in &rows {
        let id: Uuid = row.get(0);
        versions.insert(id, row.get(1));
        claims.entry(id).or_default().extend(seen(row, 2));
    }
    let wanted: Vec<(PractitionerId, i64)> =
        versions.iter().map(|(id, version)| (PractitionerId::from_uuid(*id), *version)).collect();
    let schedules = ctx.schedules.at_versions(&ctx.store, &wanted).await?;
    let all: Vec<&Schedule> = schedules.iter().map(|schedule| &**schedule).collect();
    let rooms = Rooms::read(&ctx.store, &all, reach).await?;
    Ok(schedules
        .iter()
        .map(|schedule| {
            let id = schedule.practitioner.uuid();
            let busy: Vec<TimeRange> =
                claims.get(&id).into_iter().flatten().map(|claim| claim.range).collect();
            (id, next_slots(request, schedule, &rooms, window, now, &busy))
        })
        .collect())
}

fn next_slots(
    request: &SearchRequest,
    schedule: &Arc<Schedule>,
    rooms: &Rooms,
    window: TimeRange,
    now: Timestamp,
    busy: &[TimeRange],
) -> Vec<Slot> {
    let long_enough = |visit_type: &&VisitType| {
        visit_type.active
            && request.visit_minutes.is_none_or(|minutes| visit_type.duration_minutes >= minutes)
    };
    let mut types = schedule.visit_types.iter().filter(long_enough);
    let at_a_distance = |visit_type: &&VisitType| Some(visit_type.telehealth) == request.telehealth;
    let visit_type = match request.telehealth {
        None => types.next(),
        // Who offers visits at a distance without a visit type for them takes any.
        Some(true) => types.clone().find(at_a_distance).or_else(|| types.next()),
        Some(false) => types.find(at_a_distance),
    };
    let Some(visit_type) = visit_type else { return Vec::new() };
    if request.days.is_empty() && request.hours.is_none() {
        return rooms.slots(schedule, visit_type, window, now, busy, Some(SHOWN));
    }
    let suits = |slot: &Slot| {
        let Some(location) = schedule.location(slot.location) else { return false };
        let local = location.time_zone.to_datetime(slot.start);
        (request.days.is_empty() || request.days.contains(&local.weekday()))
            && request.hours.is_none_or(|(from, until)| from <= local.time() && local.time() < until)
    };
    rooms.slots_where(schedule, visit_type, window, now, busy, Some(SHOWN), suits)
}
