//! The start page with its search form, and the results.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::availability::Slot;
use rendez_domain::directory::Practitioner;
use rendez_domain::regions::{Place, Specialty, complete_place, search_key};
use rendez_domain::search::{self, Cursor, Found, SearchRefusal, SearchRequest};
use rendez_vocab::ids::PractitionerId;
use serde::Deserialize;

use super::error::{PageError, query_value};
use super::page::{Link, Page};
use super::query::Lenient;
use super::views::{SlotButton, Who};
use super::visitor::Visitor;
use super::when;

/// How many results a page shows.
const RESULTS: u8 = 10;
/// How many specialties the start page names.
const POPULAR: usize = 12;

/// What the search form sends. Everything may be left out or empty.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    specialty: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    date: String,
    /// The place in the order after which the page begins: `metres~practitioner`.
    #[serde(default)]
    after: String,
}

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
    heading: String,
    total: usize,
    results: Vec<Hit>,
    elsewhere: Vec<Link>,
    unknown_place: String,
    more: Option<String>,
}

/// A practitioner with the next free times.
struct Hit {
    who: Who,
    visit_type: String,
    slots: Vec<SlotButton>,
}

/// `GET /`
pub(super) async fn home(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            let seek = Seek::new(&visitor, &Asked::default(), "");
            let popular = popular(&visitor, "", "");
            Ok(visitor.show(StatusCode::OK, &HomePage { page: visitor.page(), seek, popular }))
        })
        .await
}

/// `GET /search`
pub(super) async fn results(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor.answer(async { find(&visitor, &asked).await }).await
}

async fn find(visitor: &Visitor, asked: &Asked) -> Result<Response, PageError> {
    let place = place_named(&asked.place);
    let unknown_place =
        if asked.place.trim().is_empty() || place.is_some() { "" } else { asked.place.trim() };
    let specialty = specialty(visitor, asked);
    let typed = if specialty.is_some() { "" } else { asked.q.trim() };
    let zone = visitor.ctx.pack.time_zone().clone();
    let request = SearchRequest {
        specialty: specialty.map(|known| known.code.clone()),
        q: (!typed.is_empty()).then(|| typed.to_owned()),
        near: place.map(|place| (place.latitude, place.longitude)),
        from: asked.date.parse::<Date>().ok().map(|date| when::start_of(date, &zone)),
        limit: RESULTS,
        after: cursor(&asked.after),
        ..SearchRequest::default()
    };
    let found = match search::search(&visitor.ctx, &request).await {
        Ok(found) => found,
        Err(SearchRefusal::Fault(fault)) => return Err(fault.into()),
        Err(SearchRefusal::UnknownSpecialty | SearchRefusal::EmptyWindow) => return Err(PageError::NotFound),
    };
    let tag = visitor.locale.tag();
    let what = specialty.map_or(typed, |known| known.name(tag));
    let town = place.map_or("", |place| place.name.as_str());
    let next = found.next.map(|cursor| {
        let after = format!("{}~{}", cursor.metres, cursor.practitioner);
        format!("{}&after={}", address(asked, &asked.place), query_value(&after))
    });
    let mut elsewhere = popular(visitor, "", &asked.date);
    elsewhere.truncate(6);
    if !asked.place.trim().is_empty() {
        elsewhere.insert(0, Link::new(address(asked, ""), visitor.t("search-without-place")));
    }
    let page = SearchPage {
        page: visitor.page(),
        seek: Seek::new(visitor, asked, what),
        heading: heading(visitor, what, town),
        total: usize::try_from(found.total).unwrap_or(0),
        results: found.results.iter().map(|found| result(visitor, found)).collect(),
        elsewhere,
        unknown_place: unknown_place.to_owned(),
        more: next,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

fn result(visitor: &Visitor, found: &Found) -> Hit {
    let person = &found.practitioner;
    let first = found.next_slots.first();
    let mut who = Who::new(visitor, person, found.distance_km);
    if let Some(slot) = first {
        let zone = person.locations.first().map_or("UTC", |location| location.time_zone.as_str());
        let week = when::week_name(when::on_clock_of(zone, slot.start).date());
        who.href = format!("{}?visit_type={}&week={week}", who.href, slot.visit_type);
    }
    let button = |slot: &Slot| SlotButton::new(visitor, person, slot);
    Hit {
        who,
        visit_type: first.map(|slot| visit_type_of(person, slot)).unwrap_or_default(),
        slots: found.next_slots.iter().map(button).collect(),
    }
}

fn visit_type_of(person: &Practitioner, slot: &Slot) -> String {
    let known = person.visit_types.iter().find(|known| known.id == slot.visit_type);
    known.map(|known| known.name.clone()).unwrap_or_default()
}

fn heading(visitor: &Visitor, what: &str, town: &str) -> String {
    let locale = visitor.locale;
    match (what.is_empty(), town.is_empty()) {
        (true, true) => locale.text("search-heading-all"),
        (false, true) => locale.text_with("search-heading", [("what", what.into())]),
        (true, false) => locale.text_with("search-heading-around", [("place", town.into())]),
        (false, false) => {
            locale.text_with("search-heading-place", [("what", what.into()), ("place", town.into())])
        }
    }
}

/// The specialty that was chosen by its code, or typed by its whole name in any language of the region.
fn specialty<'p>(visitor: &'p Visitor, asked: &Asked) -> Option<&'p Specialty> {
    let pack = visitor.ctx.pack;
    let key = search_key(&asked.q);
    if key.is_empty() {
        return pack.specialty(&asked.specialty);
    }
    let named =
        |known: &&Specialty| pack.locales().iter().any(|locale| search_key(known.name(locale)) == key);
    pack.specialties().iter().find(named)
}

/// The town that a text names: exactly if there is one, else the largest that begins so.
fn place_named(text: &str) -> Option<&'static Place> {
    let key = search_key(text);
    if key.is_empty() {
        return None;
    }
    let proposals = complete_place(text, 20);
    let exact = proposals.iter().find(|place| place.search_key == key || place.postal_code == key);
    exact.or(proposals.first()).copied()
}

/// The commonest specialties, as searches.
fn popular(visitor: &Visitor, place: &str, date: &str) -> Vec<Link> {
    let mut known: Vec<&Specialty> = visitor.ctx.pack.specialties().iter().collect();
    known.sort_by_key(|specialty| std::cmp::Reverse(specialty.weight));
    known
        .into_iter()
        .take(POPULAR)
        .map(|specialty| {
            let asked =
                Asked { specialty: specialty.code.clone(), date: date.to_owned(), ..Asked::default() };
            Link::new(address(&asked, place), specialty.name(visitor.locale.tag()))
        })
        .collect()
}

/// The address of a search, in this or another place, from its first result on.
fn address(asked: &Asked, place: &str) -> String {
    let fields = [
        ("q", asked.q.trim()),
        ("specialty", &asked.specialty),
        ("place", place.trim()),
        ("date", &asked.date),
    ];
    let pairs = fields.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", query_value(value))).collect();
    format!("/search?{}", query.join("&"))
}

fn cursor(text: &str) -> Option<Cursor> {
    let (metres, practitioner) = text.split_once('~')?;
    Some(Cursor { metres: metres.parse().ok()?, practitioner: practitioner.parse::<PractitionerId>().ok()? })
}

impl Seek {
    fn new(visitor: &Visitor, asked: &Asked, what: &str) -> Self {
        let pack = visitor.ctx.pack;
        let today = pack.time_zone().to_datetime(visitor.ctx.clock.now()).date();
        let mut specialties: Vec<String> =
            pack.specialties().iter().map(|known| known.name(visitor.locale.tag()).to_owned()).collect();
        specialties.sort_by_cached_key(|name| search_key(name));
        Self {
            q: if asked.q.trim().is_empty() { what.to_owned() } else { asked.q.trim().to_owned() },
            place: asked.place.trim().to_owned(),
            date: asked.date.clone(),
            today: today.to_string(),
            specialties,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_found_by_name_postal_code_or_its_beginning() {
        assert_eq!(place_named("rennes").map(|place| place.name.as_str()), Some("Rennes"));
        assert_eq!(place_named("35000").map(|place| place.name.as_str()), Some("Rennes"));
        assert_eq!(place_named("Ren").map(|place| place.name.as_str()), Some("Rennes"));
        assert_eq!(place_named(""), None);
        assert_eq!(place_named("zzzz"), None);
    }

    #[test]
    fn a_search_has_an_address_of_its_own() {
        let asked = Asked { q: "Le Goff & fils".into(), date: "2026-12-30".into(), ..Asked::default() };
        assert_eq!(
            address(&asked, "Saint-Malo"),
            "/search?q=Le%20Goff%20%26%20fils&place=Saint-Malo&date=2026-12-30"
        );
    }
}
