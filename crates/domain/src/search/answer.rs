//! Who answers a search: the index here, one elsewhere, or the database.

use super::index;
use super::model::{Cursor, SearchRefusal, SearchRequest, SearchResults, Source};
use super::sql;
use crate::ctx::{Ctx, Services};

/// Finds practitioners with free times.
pub async fn search(ctx: &Ctx, request: &SearchRequest) -> Result<SearchResults, SearchRefusal> {
    let results = match search_here(ctx, request)? {
        Some(results) => results,
        None => match from_node(ctx, request).await {
            Some(results) => results,
            None => sql::search(ctx, request).await?,
        },
    };
    metrics::counter!("rendez_searches_total", "source" => results.source.as_str()).increment(1);
    Ok(results)
}

/// The answer of this process's own index, at once; `None` when it has none yet, or none that can answer this.
pub fn search_here(
    services: &Services,
    request: &SearchRequest,
) -> Result<Option<SearchResults>, SearchRefusal> {
    check(services, request)?;
    let view = services.search.index.as_ref().filter(|_| is_ranked(request)).and_then(|index| index.view());
    match view {
        Some(view) => index::search(services.pack, &view, request),
        None => Ok(None),
    }
}

async fn from_node(ctx: &Ctx, request: &SearchRequest) -> Option<SearchResults> {
    let remote = ctx.search.remote.as_ref().filter(|_| is_ranked(request))?;
    remote.search(request).await.map(|results| SearchResults { source: Source::Node, ..results })
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
