//! The start page with its search form, and the results.

mod asked;
mod filters;
mod hits;
mod map;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::regions::{Place, Specialty, search_key};
use rendez_domain::search::{self, Notice, SearchRefusal, SearchRequest, SearchResults, Town};

use self::asked::Asked;
use self::filters::Filters;
use self::hits::{Group, Hit, ToCall};
use self::map::Map;
use super::error::PageError;
use super::page::{Link, Page};
use super::query::Lenient;
use super::visitor::Visitor;
use super::when;

/// How many specialties the start page names.
const POPULAR: usize = 12;
/// How many an empty answer names.
const ELSEWHERE: usize = 6;

/// The search form with what stands in it.
struct Seek {
    q: String,
    place: String,
    date: String,
    today: String,
    specialties: Vec<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    seek: Seek,
    popular: Vec<Link>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    seek: Seek,
    filters: Filters,
    heading: String,
    towns: Option<Towns>,
    status: String,
    as_of: String,
    notice: Option<String>,
    specialties: Vec<Link>,
    hits: Vec<Hit>,
    map: Option<Map>,
    instead: Vec<Group>,
    to_call: Vec<ToCall>,
    elsewhere: Vec<Link>,
    /// Where to wait for what was not found.
    waiting: Option<String>,
    unknown_place: String,
    more: Option<String>,
    /// The first page, from a later one.
    first: Option<String>,
}

/// `GET /`
pub(super) async fn home(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            let seek = Seek::new(&visitor, &Asked::default(), "");
            let popular = popular(&visitor, "");
            Ok(visitor.show(StatusCode::OK, &HomePage { page: visitor.page(), seek, popular }))
        })
        .await
}

/// `GET /search`
pub(super) async fn results(visitor: Visitor, Lenient(pairs): Lenient<Vec<(String, String)>>) -> Response {
    visitor.answer(async { find(&visitor, &Asked::read(pairs)).await }).await
}

async fn find(visitor: &Visitor, asked: &Asked) -> Result<Response, PageError> {
    let pack = visitor.ctx.pack;
    let town = asked.town(pack);
    let request = asked.request(pack, visitor.ctx.clock.now());
    let found = match search::search(&visitor.ctx, &request).await {
        Ok(found) => found,
        Err(SearchRefusal::Fault(fault)) => return Err(fault.into()),
        Err(
            SearchRefusal::UnknownSpecialty
            | SearchRefusal::UnknownSector
            | SearchRefusal::EmptyWindow
            | SearchRefusal::WideWindow,
        ) => return Err(PageError::NotFound),
    };
    let chosen = asked.specialty(pack).map(|known| known.name(visitor.locale.tag()));
    let what = match (asked.typed(pack), chosen) {
        (Some(typed), Some(chosen)) => format!("{typed} · {chosen}"),
        (typed, chosen) => typed.or(chosen).unwrap_or_default().to_owned(),
    };
    let alternatives = found.alternatives.as_ref();
    let mut hits = hits::hits(visitor, &found.results, "times");
    let map = Map::new(visitor, town.as_ref(), &found.results, &mut hits);
    let unknown_place = if town.is_some() { "" } else { asked.place.as_str() };
    let page = SearchPage {
        page: visitor.page(),
        seek: Seek::new(visitor, asked, &what),
        filters: Filters::new(visitor, asked, &found.facets, town.is_some()),
        heading: heading(visitor, &what, town.as_ref()),
        towns: town.as_ref().and_then(|town| Towns::new(visitor, asked, town)),
        status: status(visitor, &found),
        as_of: as_of(visitor, &found),
        notice: notice(visitor, &request, &found),
        specialties: filters::specialties(visitor, asked, &found.facets),
        hits,
        map,
        instead: alternatives.map(|found| hits::groups(visitor, found)).unwrap_or_default(),
        to_call: alternatives.map(|found| hits::to_call(visitor, &found.without_times)).unwrap_or_default(),
        elsewhere: elsewhere(visitor, asked),
        waiting: asked.waiting(pack),
        unknown_place: unknown_place.to_owned(),
        more: found.next.as_ref().map(|next| asked.address_after(next)),
        first: asked.after.is_some().then(|| asked.address()),
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

/// Since when the answer may have changed, on the region's clock.
fn as_of(visitor: &Visitor, found: &SearchResults) -> String {
    let at = visitor.ctx.pack.time_zone().to_datetime(found.as_of);
    visitor.locale.text_with("search-as-of", [("time", when::clock(at.time()).into())])
}

/// How many there are, in words.
fn status(visitor: &Visitor, found: &SearchResults) -> String {
    let matching = found.alternatives.as_ref().map_or(0, |found| found.without_times.len());
    let matching = found.total.max(u32::try_from(matching).unwrap_or(u32::MAX));
    match (found.results.is_empty(), found.notice) {
        (true, Some(Notice::Incomplete)) => visitor.t("search-not-looked"),
        // The database counts who matches, free or not.
        (true, _) if matching > 0 => visitor.t("search-none-free"),
        _ => visitor.locale.text_with("search-total", [("count", found.total.into())]),
    }
}

fn notice(visitor: &Visitor, request: &SearchRequest, found: &SearchResults) -> Option<String> {
    let far = request.from.is_some_and(|from| search::is_beyond_reach(from, found.as_of));
    let key = match found.notice? {
        Notice::Approximate if far => "search-far",
        Notice::Approximate => "search-approximate",
        Notice::Incomplete => "search-incomplete",
        Notice::Stale => "search-stale",
        Notice::Shortened => return None,
    };
    Some(visitor.t(key))
}

/// `Rennes (35000)`: what tells a town from others of its name, and finds it again when it is typed so.
fn told(name: &str, postal_code: &str) -> String {
    format!("{name} ({postal_code})")
}

/// Other towns that may have been meant.
struct Towns {
    question: String,
    links: Vec<Link>,
}

impl Towns {
    /// Nothing when there are none.
    fn new(visitor: &Visitor, asked: &Asked, town: &Town) -> Option<Self> {
        let link = |other: &&Place| {
            let name = told(&other.name, &other.postal_code);
            Link::new(Asked { place: name.clone(), after: None, ..asked.clone() }.address(), name)
        };
        let question = if town.exact { "search-other-towns" } else { "search-meant-town" };
        let links: Vec<Link> = town.others.iter().map(link).collect();
        (!links.is_empty()).then(|| Self { question: visitor.t(question), links })
    }
}

fn heading(visitor: &Visitor, what: &str, town: Option<&Town>) -> String {
    let locale = visitor.locale;
    let town = town.map(|town| told(&town.place.name, town.postal_code)).unwrap_or_default();
    match (what.is_empty(), town.is_empty()) {
        (true, true) => locale.text("search-heading-all"),
        (false, true) => locale.text_with("search-heading", [("what", what.into())]),
        (true, false) => locale.text_with("search-heading-around", [("place", town.into())]),
        (false, false) => {
            locale.text_with("search-heading-place", [("what", what.into()), ("place", town.into())])
        }
    }
}

/// The commonest specialties, as searches.
fn popular(visitor: &Visitor, date: &str) -> Vec<Link> {
    let mut known: Vec<&Specialty> = visitor.ctx.pack.specialties().iter().collect();
    known.sort_by_key(|specialty| std::cmp::Reverse(specialty.weight));
    known
        .into_iter()
        .take(POPULAR)
        .map(|specialty| {
            let asked =
                Asked { specialty: specialty.code.clone(), date: date.to_owned(), ..Asked::default() };
            Link::new(asked.address(), specialty.name(visitor.locale.tag()))
        })
        .collect()
}

/// Where to go on when nothing was found.
fn elsewhere(visitor: &Visitor, asked: &Asked) -> Vec<Link> {
    let mut links = Vec::new();
    if asked.filters() > 0 {
        links.push(Link::new(asked.without_filters().address(), visitor.t("filter-clear")));
    }
    if !asked.date.is_empty() {
        let now = Asked { date: String::new(), after: None, ..asked.clone() };
        links.push(Link::new(now.address(), visitor.t("search-from-today")));
    }
    if !asked.place.is_empty() {
        let everywhere = Asked { place: String::new(), distance: None, after: None, ..asked.clone() };
        links.push(Link::new(everywhere.address(), visitor.t("search-without-place")));
    }
    links.extend(popular(visitor, "").into_iter().take(ELSEWHERE));
    links
}

impl Seek {
    fn new(visitor: &Visitor, asked: &Asked, what: &str) -> Self {
        let pack = visitor.ctx.pack;
        let today = pack.time_zone().to_datetime(visitor.ctx.clock.now()).date();
        let mut specialties: Vec<String> =
            pack.specialties().iter().map(|known| known.name(visitor.locale.tag()).to_owned()).collect();
        specialties.sort_by_cached_key(|name| search_key(name));
        Self {
            q: if asked.q.is_empty() { what.to_owned() } else { asked.q.clone() },
            place: asked.place.clone(),
            date: asked.date.clone(),
            today: today.to_string(),
            specialties,
        }
    }
}
