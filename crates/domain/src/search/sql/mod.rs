//! The answer from the database, for a process that has no index and reaches none.
//!
//! Candidates come from the directory by specialty, name and distance, nearest first; their next free slots are computed
//! from schedules and claims. Invariant: the work is bounded, in candidates, in time, and in how much of it is done at once, so
//! that it may be asked for at any load: what is not found in time is left out, which is said ([`Notice::Incomplete`]) and
//! never an error, and bookings keep their connections.

mod candidates;
mod reading;
mod times;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use uuid::Uuid;

use self::candidates::{Candidate, Filter, PER_ROUND};
use self::reading::Reading;
use super::card::{self, CardSource};
use super::model::{
    Alternatives, Cursor, Facets, Found, Known, Notice, SearchRefusal, SearchRequest, SearchResults, Source,
};
use super::window::window;
use crate::availability::Slot;
use crate::ctx::Ctx;
use crate::directory;

/// Rounds of candidates at most: who is full for weeks is passed over, but not without end.
const ROUNDS: usize = 5;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How much of that may go by before there are only the profiles to read.
const FINDING: Duration = Duration::from_millis(1_000);
/// How much of it the counts may take, which come last.
const COUNTING: Duration = Duration::from_millis(400);
/// How long somebody to call is looked for.
const NAMING: Duration = Duration::from_millis(300);
/// How many of those are told.
const MOST_KNOWN: usize = 3;

/// A candidate with free times at one place.
struct Free {
    id: Uuid,
    /// To that place.
    metres: i64,
    slots: Vec<Slot>,
}

/// What was found as far as time allowed.
struct Gathered {
    free: Vec<Free>,
    /// Some who match, free or not.
    known: Vec<Candidate>,
    after: Option<(i64, Uuid)>,
    more: bool,
    whole: bool,
}

/// Finds practitioners with free slots.
pub(super) async fn search(ctx: &Ctx, request: &SearchRequest) -> Result<SearchResults, SearchRefusal> {
    let now = ctx.clock.now();
    let Ok(_door) = ctx.search.gates.database.try_acquire() else { return left_out(request, now) };
    let reading = Reading::within(ctx, PATIENCE);
    let present = reading.read(async |_| Ok(())).await?;
    let Some((as_of, ())) = present else { return left_out(request, now) };
    let window = window(request, as_of)?;
    let mut filter = Filter::new(ctx.pack, request);
    let mut gathered = gather(&reading.but_within(FINDING), request, &filter, window, as_of).await?;
    if gathered.known.is_empty()
        && gathered.whole
        && request.after.is_none()
        && let Some((_, Some(words))) =
            reading.but_within(COUNTING).read(async |tx| filter.meant(tx).await).await?
    {
        filter.words = Some(words);
        gathered = gather(&reading.but_within(FINDING), request, &filter, window, as_of).await?;
    }
    let found_nothing = gathered.free.is_empty() && request.after.is_none();
    let known = if found_nothing { gathered.known.split_off(0) } else { Vec::new() };
    let people = read_people(&reading, &gathered.free, &known).await?;
    let whole = gathered.whole && people.is_some();
    let people = people.unwrap_or_default();
    let next = gathered
        .after
        .filter(|_| gathered.more)
        .map(|(metres, id)| Cursor::Nearest { metres, practitioner: PractitionerId::from_uuid(id) });
    let results: Vec<Found> =
        gathered.free.into_iter().filter_map(|free| shown(request, &people, free)).collect();
    let counted = match whole {
        true => reading.but_within(COUNTING).read(async |tx| filter.totals(tx).await).await?,
        false => None,
    };
    let (total, facets) = counted
        .map(|(_, counted)| counted)
        .unwrap_or_else(|| (u32::try_from(results.len()).unwrap_or(u32::MAX), Facets::default()));
    let without_times = known.iter().filter_map(|one| by_name(request, &people, one)).collect();
    Ok(SearchResults {
        results,
        total,
        facets,
        next,
        window,
        as_of,
        source: Source::Database,
        notice: Some(if whole { Notice::Approximate } else { Notice::Incomplete }),
        alternatives: found_nothing.then(|| Alternatives { without_times, ..Alternatives::default() }),
    })
}

/// Whom the directory knows of those that a search means, free or not; nobody when there is no time for it.
pub(super) async fn known(ctx: &Ctx, request: &SearchRequest) -> Result<Vec<Known>, Fault> {
    let Ok(_door) = ctx.search.gates.database.try_acquire() else { return Ok(Vec::new()) };
    let reading = Reading::within(ctx, NAMING);
    let mut filter = Filter::new(ctx.pack, request);
    let mut page = reading.read(async |tx| filter.page(tx, None).await).await?;
    if page.as_ref().is_some_and(|(_, page)| page.is_empty())
        && let Some((_, Some(words))) = reading.read(async |tx| filter.meant(tx).await).await?
    {
        filter.words = Some(words);
        page = reading.read(async |tx| filter.page(tx, None).await).await?;
    }
    let Some((_, mut page)) = page else { return Ok(Vec::new()) };
    page.truncate(MOST_KNOWN);
    let people = read_people(&reading, &[], &page).await?.unwrap_or_default();
    Ok(page.iter().filter_map(|one| by_name(request, &people, one)).collect())
}

/// The answer when there is no time to look at all.
fn left_out(request: &SearchRequest, now: Timestamp) -> Result<SearchResults, SearchRefusal> {
    Ok(SearchResults {
        results: Vec::new(),
        total: 0,
        facets: Facets::default(),
        next: request.after.filter(|after| matches!(after, Cursor::Nearest { .. })),
        window: window(request, now)?,
        as_of: now,
        source: Source::Database,
        notice: Some(Notice::Incomplete),
        alternatives: None,
    })
}

/// Looks at candidates round by round, until there are enough with free times, or no more, or no time.
async fn gather(
    reading: &Reading<'_>,
    request: &SearchRequest,
    filter: &Filter,
    window: TimeRange,
    as_of: Timestamp,
) -> Result<Gathered, Fault> {
    let limit = usize::from(request.limit.clamp(1, 100));
    let after = match request.after {
        Some(Cursor::Nearest { metres, practitioner }) => Some((metres, practitioner.uuid())),
        // A place in the index's order says nothing here: better some twice than some never.
        Some(Cursor::Ranked { .. }) | None => None,
    };
    let mut gathered = Gathered { free: Vec::new(), known: Vec::new(), after, more: true, whole: true };
    for _ in 0..ROUNDS {
        if !gathered.more || gathered.free.len() == limit {
            break;
        }
        let after = gathered.after;
        let page = reading.read(async |tx| filter.page(tx, after).await).await?;
        let looked = match page {
            Some((_, page)) => {
                let free = reading.wait(times::of(reading.ctx, request, &page, window, as_of)).await?;
                free.map(|free| (page, free))
            }
            None => None,
        };
        let Some((page, mut free)) = looked else {
            gathered.whole = false;
            break;
        };
        gathered.more = page.len() == PER_ROUND;
        for candidate in page {
            if gathered.free.len() == limit {
                gathered.more = true;
                break;
            }
            gathered.after = Some((candidate.metres, candidate.id));
            match free.remove(&candidate.id) {
                Some((metres, slots)) => gathered.free.push(Free { id: candidate.id, metres, slots }),
                None if gathered.known.len() < MOST_KNOWN => gathered.known.push(candidate),
                None => {}
            }
        }
    }
    Ok(gathered)
}

type People = HashMap<Uuid, directory::Practitioner>;

/// The profiles of those who are shown; `None` when time ran out.
async fn read_people(
    reading: &Reading<'_>,
    free: &[Free],
    known: &[Candidate],
) -> Result<Option<People>, Fault> {
    let ids = free.iter().map(|free| free.id).chain(known.iter().map(|one| one.id));
    let ids: Vec<PractitionerId> = ids.map(PractitionerId::from_uuid).collect();
    let people = reading.wait(directory::practitioners_by_id(reading.ctx, &ids)).await?;
    Ok(people.map(|people| people.into_iter().map(|person| (person.id.uuid(), person)).collect()))
}

fn shown(request: &SearchRequest, people: &People, free: Free) -> Option<Found> {
    let person = people.get(&free.id)?;
    let first = *free.slots.first()?;
    let visit_type = person.visit_types.iter().find(|known| known.id == first.visit_type)?;
    let starts: Vec<Timestamp> = free.slots.iter().map(|slot| slot.start).collect();
    Some(Found {
        practitioner: person.id,
        profile: card::encode(&CardSource::from(person)).into(),
        location: first.location,
        visit_type: first.visit_type,
        duration_minutes: visit_type.duration_minutes,
        metres: request.near.and_then(|_| u32::try_from(free.metres).ok()),
        ahead: request.ahead.map(|_| starts.clone()).unwrap_or_default(),
        starts,
    })
}

fn by_name(request: &SearchRequest, people: &People, candidate: &Candidate) -> Option<Known> {
    let person = people.get(&candidate.id)?;
    let nearest = candidate.places.first().map(|(place, _)| *place);
    Some(Known {
        practitioner: person.id,
        profile: card::encode(&CardSource::from(person)).into(),
        location: nearest.or_else(|| person.locations.first().map(|location| location.id)),
        metres: request.near.and_then(|_| u32::try_from(candidate.metres).ok()),
    })
}
