//! Who answers a search: the index here, one elsewhere, or the database.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Time, time};
use rendez_platform::fault::Fault;
use tokio::sync::OwnedSemaphorePermit;

use super::feed::View;
use super::index;
use super::model::{Alternatives, Cursor, Known, SearchRefusal, SearchRequest, SearchResults, Source};
use super::sql;
use crate::ctx::{Ctx, Services};

/// How long a search that looks at the whole index waits for its turn.
const TURN: Duration = Duration::from_secs(1);

/// Finds practitioners with free times.
pub async fn search(ctx: &Ctx, request: &SearchRequest) -> Result<SearchResults, SearchRefusal> {
    let results = match search_here(ctx, request).await? {
        Some(results) => results,
        None => match from_node(ctx, request).await {
            Some(results) => results,
            None => sql::search(ctx, request).await?,
        },
    };
    metrics::counter!("rendez_searches_total", "source" => results.source.as_str()).increment(1);
    with_whom_to_call(ctx, request, results).await
}

/// Who may be meant by a name that somebody is typing, at most so many. Without an index here the directory tells a few.
pub async fn people_like(ctx: &Ctx, typed: &str, most: usize) -> Result<Vec<Known>, Fault> {
    match ctx.search.index.as_ref().and_then(|index| index.view()) {
        Some(view) => Ok(index::people(&view, typed, most)),
        None => {
            let request = SearchRequest { q: Some(typed.to_owned()), ..SearchRequest::default() };
            let mut known = sql::known(ctx, &request).await?;
            known.truncate(most);
            Ok(known)
        }
    }
}

/// The answer of this process's own index; `None` when it has none yet, or none that can answer this.
pub async fn search_here(
    services: &Services,
    request: &SearchRequest,
) -> Result<Option<SearchResults>, SearchRefusal> {
    check(services, request)?;
    let view = services.search.index.as_ref().filter(|_| is_ranked(request)).and_then(|index| index.view());
    let Some(view) = view else { return Ok(None) };
    if !looks_at_everybody(request) {
        return index::search(services.pack, &view, request);
    }
    // Whoever waits so long is better off with the database.
    let turn = Arc::clone(&services.search.gates.whole_index).acquire_owned();
    match tokio::time::timeout(TURN, turn).await {
        Ok(Ok(turn)) => aside(services, view, request.clone(), turn).await,
        _ => Ok(None),
    }
}

/// Searches on a thread where nothing else waits.
async fn aside(
    services: &Services,
    view: View,
    request: SearchRequest,
    turn: OwnedSemaphorePermit,
) -> Result<Option<SearchResults>, SearchRefusal> {
    let pack = services.pack;
    let search = move || {
        let _turn = turn;
        index::search(pack, &view, &request)
    };
    let searched = tokio::task::spawn_blocking(search).await;
    searched.unwrap_or_else(|broken| Err(Fault::new("searching the whole index", broken).into()))
}

/// Whether the index cannot tell by its summaries, or must look at the whole country: that takes a thousand times as long
/// as a search of a town.
fn looks_at_everybody(request: &SearchRequest) -> bool {
    let between_bands = request.hours.is_some_and(|(from, until)| !is_edge(from) || !is_edge(until));
    between_bands || (request.near.is_none() && request.specialty.is_none())
}

/// Whether the index's summary of a day has an edge there.
fn is_edge(at: Time) -> bool {
    [Time::midnight(), time(12, 0, 0, 0), time(18, 0, 0, 0), Time::MAX].contains(&at)
}

async fn from_node(ctx: &Ctx, request: &SearchRequest) -> Option<SearchResults> {
    let remote = ctx.search.remote.as_ref().filter(|_| is_ranked(request))?;
    remote.search(request).await.map(|results| SearchResults { source: Source::Node, ..results })
}

/// Who matches but for the time, when that is all there is, or when somebody was named.
async fn with_whom_to_call(
    ctx: &Ctx,
    request: &SearchRequest,
    results: SearchResults,
) -> Result<SearchResults, SearchRefusal> {
    let is_named = request.q.is_some();
    let is_wanted = |found: &Alternatives| match results.source {
        // The index here has said who is meant by a name.
        Source::Index => !is_named && found.is_empty(),
        Source::Node => is_named || found.is_empty(),
        Source::Database => false,
    };
    match results.alternatives {
        Some(found) if is_wanted(&found) => {
            // What the index said is worth more than an error beside it.
            let without_times = sql::known(ctx, request).await.unwrap_or_default();
            Ok(SearchResults { alternatives: Some(Alternatives { without_times, ..found }), ..results })
        }
        alternatives => Ok(SearchResults { alternatives, ..results }),
    }
}

/// Whoever began to page through the database's order goes on in it.
fn is_ranked(request: &SearchRequest) -> bool {
    !matches!(request.after, Some(Cursor::Nearest { .. }))
}

fn check(services: &Services, request: &SearchRequest) -> Result<(), SearchRefusal> {
    if request.specialty.as_ref().is_some_and(|code| services.pack.specialty(code).is_none()) {
        return Err(SearchRefusal::UnknownSpecialty);
    }
    if request.sector.as_ref().is_some_and(|code| services.pack.sector(code).is_none()) {
        return Err(SearchRefusal::UnknownSector);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_summaries_tell_is_answered_on_the_spot() {
        let near = SearchRequest { near: Some((48.1, -1.7)), ..SearchRequest::default() };
        let at = |from, until| SearchRequest { hours: Some((from, until)), ..near.clone() };
        assert!(!looks_at_everybody(&near));
        assert!(!looks_at_everybody(&at(time(12, 0, 0, 0), Time::MAX)));
        assert!(looks_at_everybody(&at(time(9, 7, 0, 0), time(9, 8, 0, 0))));
        assert!(looks_at_everybody(&SearchRequest::default()));
        let specialty = SearchRequest { specialty: Some("cardiology".into()), ..SearchRequest::default() };
        assert!(!looks_at_everybody(&specialty));
    }
}
