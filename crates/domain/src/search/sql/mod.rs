//! The answer from the database, for a process that has no index and reaches none.
//!
//! Candidates come from the directory by specialty, name and distance, nearest first; their next free slots are computed
//! from schedules and claims as of one instant. Invariant: the work is bounded, in candidates and in time, so that it may
//! be asked for at any load; what it could not count in time it leaves out and says [`Notice::Approximate`].

mod candidates;
mod times;

use std::collections::HashMap;

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::PractitionerId;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use self::candidates::{Filter, PER_ROUND};
use super::card::{self, CardSource};
use super::model::{Cursor, Facets, Found, Notice, SearchRefusal, SearchRequest, SearchResults, Source};
use super::window::window;
use crate::availability::Slot;
use crate::ctx::Ctx;
use crate::directory;

/// Rounds of candidates at most: who is full for weeks is passed over, but not without end.
const ROUNDS: usize = 5;
/// How long one statement may take: far less than whoever waits for the page is willing to.
const BOUND: &str = "SELECT rendez_now(), set_config('statement_timeout', '1000', true)";

/// A candidate with free times.
struct Free {
    id: Uuid,
    metres: i64,
    slots: Vec<Slot>,
}

/// Finds practitioners with free slots.
pub(super) async fn search(ctx: &Ctx, request: &SearchRequest) -> Result<SearchResults, SearchRefusal> {
    let mut filter = Filter::new(ctx.pack, request);
    let (as_of, mut counted) = counts(ctx, &filter).await?;
    let window = window(request, as_of)?;
    if let Some((0, _)) = counted
        && let Some(words) = candidates::meant(ctx, &filter).await?
    {
        filter.words = Some(words);
        counted = counts(ctx, &filter).await?.1;
    }
    let limit = usize::from(request.limit.clamp(1, 100));
    let mut found: Vec<Free> = Vec::with_capacity(limit);
    let mut after = match request.after {
        Some(Cursor::Nearest { metres, practitioner }) => Some((metres, practitioner.uuid())),
        // A place in the index's order says nothing here: better some twice than some never.
        Some(Cursor::Ranked { .. }) | None => None,
    };
    let mut more = counted.as_ref().is_none_or(|(total, _)| *total > 0);
    for _ in 0..ROUNDS {
        if !more || found.len() == limit {
            break;
        }
        let page = bounded(ctx, async |tx| filter.page(tx, after).await).await?;
        more = page.len() == usize::try_from(PER_ROUND).unwrap_or(usize::MAX);
        let ids: Vec<Uuid> = page.iter().map(|(id, _)| *id).collect();
        let mut free = times::of(ctx, request, &ids, window, as_of).await?;
        for (id, metres) in page {
            if found.len() == limit {
                more = true;
                break;
            }
            after = Some((metres, id));
            if let Some(slots) = free.remove(&id).filter(|slots| !slots.is_empty()) {
                found.push(Free { id, metres, slots });
            }
        }
    }
    let next = after
        .filter(|_| more)
        .map(|(metres, id)| Cursor::Nearest { metres, practitioner: PractitionerId::from_uuid(id) });
    let results = shown(ctx, request, found).await?;
    let (total, facets) =
        counted.unwrap_or_else(|| (u32::try_from(results.len()).unwrap_or(u32::MAX), Facets::default()));
    Ok(SearchResults {
        results,
        total,
        facets,
        next,
        as_of,
        source: Source::Database,
        notice: Some(Notice::Approximate),
        alternatives: None,
    })
}

/// The present, and how many match; `None` if counting them takes too long.
async fn counts(ctx: &Ctx, filter: &Filter) -> Result<(Timestamp, Option<(u32, Facets)>), Fault> {
    let mut conn = ctx.store.read_any().await?;
    let tx = conn.build_transaction().read_only(true).start().await?;
    let as_of = tx.query_one(BOUND, &[]).await?.get(0);
    match filter.totals(&tx).await {
        Ok(counted) => Ok((as_of, Some(counted))),
        Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => Ok((as_of, None)),
        Err(error) => Err(error.into()),
    }
}

/// Reads in a transaction whose statements end in time.
async fn bounded<T>(
    ctx: &Ctx,
    read: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, tokio_postgres::Error>,
) -> Result<T, Fault> {
    let mut conn = ctx.store.read_any().await?;
    let tx = conn.build_transaction().read_only(true).start().await?;
    tx.query_one(BOUND, &[]).await?;
    Ok(read(&tx).await?)
}

async fn shown(ctx: &Ctx, request: &SearchRequest, found: Vec<Free>) -> Result<Vec<Found>, Fault> {
    let ids: Vec<PractitionerId> = found.iter().map(|free| PractitionerId::from_uuid(free.id)).collect();
    let people = directory::practitioners_by_id(ctx, &ids).await?;
    let people: HashMap<Uuid, _> = people.iter().map(|person| (person.id.uuid(), person)).collect();
    let result = |free: Free| {
        let person = people.get(&free.id)?;
        let first = *free.slots.first()?;
        let visit_type = person.visit_types.iter().find(|known| known.id == first.visit_type)?;
        Some(Found {
            practitioner: person.id,
            profile: card::encode(&CardSource::from(*person)).into(),
            location: first.location,
            visit_type: first.visit_type,
            duration_minutes: visit_type.duration_minutes,
            metres: request.near.and_then(|_| u32::try_from(free.metres).ok()),
            starts: free.slots.iter().map(|slot| slot.start).collect(),
        })
    };
    Ok(found.into_iter().filter_map(result).collect())
}
