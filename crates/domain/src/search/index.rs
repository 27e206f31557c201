//! A request put to the index, and its answer in the words of the domain.
//!
//! Everything here is memory and arithmetic, and never waits. Most searches take microseconds, so callers need no thread for
//! them; one that looks at the whole country by its records takes up to a second, and is put aside by its caller.

use std::borrow::Cow;
use std::cell::RefCell;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use rendez_index::text::Matches;
use rendez_index::{
    Circle, Hit, Hours, Moment, Query, Reader, Scratch, Span, Typed, Weekdays, metres_between,
};
use rendez_vocab::TimeRange;
use tokio::time::Instant;

use super::card::{Card, CardLocation};
use super::feed::View;
use super::model::{
    Ahead, Alternatives, Cursor, Facet, Facets, Found, Known, Notice, SearchRefusal, SearchRequest,
    SearchResults, Source,
};
use super::window::{WIDEST, is_beyond_reach, window};
use super::{FARTHEST_KM, USUAL_RADIUS_KM, words};
use crate::regions::{Pack, Specialty, search_key};

/// Values that a facet names at most.
const MOST_VALUES: usize = 20;
/// How many alternatives of each kind.
const ALTERNATIVES: u8 = 3;
/// People of one name who are looked at, to name the nearest.
const NAMESAKES: usize = 200;
/// How far around whoever can be seen at a distance is looked for first.
const AREA_KM: f64 = 100.0;
/// How far ahead later alternatives are looked for.
const LATER_DAYS: u32 = 60;
/// How long a search may have taken for further alternatives to be looked for.
const ALTERNATIVES_WITHIN: Duration = Duration::from_millis(50);
/// The number of a language that nobody speaks.
const NOBODYS_LANGUAGE: u8 = u8::MAX;
/// The number of a sector that nobody belongs to.
const NOBODYS_SECTOR: u8 = u8::MAX;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The index's answer; `None` for windows that begin later than it reaches.
pub(super) fn search(
    pack: &'static Pack,
    view: &View,
    request: &SearchRequest,
) -> Result<Option<SearchResults>, SearchRefusal> {
    let began = Instant::now();
    let now = Timestamp::from_second(view.reader.now().unix()).unwrap_or(view.as_of);
    let window = window(request, now)?;
    if is_beyond_reach(window.start(), now) {
        return Ok(None);
    }
    let reach = now.checked_add(WIDEST).unwrap_or(Timestamp::MAX);
    let typed = request.q.as_deref().filter(|typed| !search_key(typed).is_empty());
    let typed = typed.map(|typed| Understood::new(pack, &view.reader, typed));
    let searched = TimeRange::new(window.start(), window.end().min(reach)).unwrap_or(window);
    let span = Span::new(moment(searched.start()), moment(searched.end()));
    let query = query(view, request, typed.as_ref(), span);
    let shortened = request.to.is_some() && searched != window;
    let named = typed.as_ref().map(|typed| &typed.people);
    SCRATCH.with_borrow_mut(|scratch| {
        let answer = view.reader.search(&query, scratch);
        let found_nothing = answer.hits.is_empty() && query.after.is_none();
        let alternatives = found_nothing.then(|| Alternatives {
            without_times: named
                .map(|named| whom_to_call(&view.reader, request, named, ALTERNATIVES.into()))
                .unwrap_or_default(),
            ..alternatives(&view.reader, &query, moment(now), moment(reach), scratch, began)
        });
        Ok(Some(SearchResults {
            results: answer
                .hits
                .into_iter()
                .map(|hit| match request.ahead {
                    Some(ahead) => found_ahead(view, &query, ahead, hit),
                    None => found(&view.reader, hit),
                })
                .collect(),
            total: answer.total,
            facets: facets(pack, view, answer.facets),
            next: answer.next.map(|next| Cursor::Ranked {
                reference: next.reference.unix(),
                score: next.score,
                practitioner: next.practitioner,
            }),
            window: searched,
            as_of: view.as_of,
            source: Source::Index,
            notice: match view.stale {
                true => Some(Notice::Stale),
                false => shortened.then_some(Notice::Shortened),
            },
            alternatives,
        }))
    })
}

/// What typed words may mean.
struct Understood {
    specialties: Vec<&'static Specialty>,
    people: Matches,
}

impl Understood {
    /// Specialties, people, or both; what fits as it was typed outdoes what fits with a slip.
    fn new(pack: &'static Pack, reader: &Reader, typed: &str) -> Self {
        let (meant, people) = (words::meant(pack, typed), reader.people(typed));
        let named = !people.with_slips(0).is_empty();
        match (meant.specialties.is_empty(), meant.slips) {
            (false, 0) if !named => Self { specialties: meant.specialties, people: Matches::default() },
            (false, 1..) if named => Self { specialties: Vec::new(), people },
            _ => Self { specialties: meant.specialties, people },
        }
    }
}

/// The request in the index's words.
fn query<'a>(view: &View, request: &SearchRequest, typed: Option<&'a Understood>, window: Span) -> Query<'a> {
    let words = &view.words;
    let number = |specialty: &&Specialty| words.specialty(&specialty.code);
    Query {
        // Those that nobody knows were refused before.
        specialty: request.specialty.as_ref().and_then(|code| words.specialty(code)),
        typed: typed.map(|typed| Typed {
            specialties: typed.specialties.iter().filter_map(number).collect(),
            people: &typed.people,
        }),
        near: request.near.map(|(latitude, longitude)| Circle {
            latitude,
            longitude,
            radius_km: request.radius_km.unwrap_or(USUAL_RADIUS_KM),
        }),
        visit_minutes: request.visit_minutes.map(|minutes| u16::try_from(minutes).unwrap_or(u16::MAX)),
        language: request.language.as_ref().map(|code| words.language(code).unwrap_or(NOBODYS_LANGUAGE)),
        telehealth: request.telehealth,
        new_patients: request.new_patients,
        sector: request.sector.as_ref().map(|code| words.sector(code).unwrap_or(NOBODYS_SECTOR)),
        days: weekdays(&request.days),
        hours: request.hours.map(|(from, until)| Hours { from: seconds(from), until: seconds(until) }),
        limit: request.limit.clamp(1, 100),
        after: match request.after {
            Some(Cursor::Ranked { reference, score, practitioner }) => {
                Some(rendez_index::Cursor { reference: Moment::from_unix(reference), score, practitioner })
            }
            _ => None,
        },
        ..Query::in_window(window)
    }
}

fn timestamp(at: Moment) -> Timestamp {
    Timestamp::from_second(at.unix()).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn moment(at: Timestamp) -> Moment {
    Moment::from_unix(at.as_second())
}

fn weekdays(days: &[Weekday]) -> Weekdays {
    match days {
        [] => Weekdays::ALL,
        days => Weekdays(days.iter().fold(0, |set, day| set | 1 << day.to_monday_zero_offset())),
    }
}

fn seconds(time: Time) -> u32 {
    match time {
        Time::MAX => 86_400,
        time => {
            (i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second())) as u32
        }
    }
}

/// A hit with its profile.
fn found(reader: &Reader, hit: Hit) -> Found {
    Found {
        practitioner: hit.practitioner,
        profile: reader.card(hit.person).into(),
        location: hit.location,
        visit_type: hit.visit_type,
        duration_minutes: hit.duration_minutes.into(),
        metres: hit.metres,
        starts: hit.starts.iter().map(|start| timestamp(*start)).collect(),
        ahead: Vec::new(),
    }
}

/// The same with the free starts of the days side by side.
fn found_ahead(view: &View, query: &Query<'_>, ahead: Ahead, hit: Hit) -> Found {
    let mut found = found(&view.reader, hit.clone());
    let Some(card) = found.card() else { return found };
    let Some(zone) = card.location(found.location).and_then(|place| TimeZone::get(place.time_zone).ok())
    else {
        return found;
    };
    let first = zone.to_datetime(timestamp(query.window.start.max(view.reader.now()))).date();
    let start_of = |days: u8| {
        let date = first.checked_add(jiff::Span::new().days(days)).ok()?;
        Some(moment(date.to_zoned(zone.clone()).ok()?.timestamp()))
    };
    let starts = (0..ahead.days.min(Ahead::MOST_DAYS)).flat_map(|day| {
        let span = start_of(day).zip(start_of(day + 1)).map(|(from, until)| Span::new(from, until));
        span.map(|day| view.reader.starts(&hit, query, day, ahead.starts.into())).unwrap_or_default()
    });
    let starts = starts.filter(|start| *start < query.window.end).map(timestamp).collect();
    found.ahead = starts;
    found
}

/// How far somebody is who was looked for without a circle.
fn distant(near: Option<Circle>, mut found: Found) -> Found {
    let position =
        found.card().and_then(|card| card.location(found.location)).and_then(|place| place.position);
    if let (Some(circle), Some(position)) = (near, position) {
        found.metres = Some(metres_between((circle.latitude, circle.longitude), position));
    }
    found
}

/// Who is meant by a name, be they free or not: the nearest of those with the fewest slips.
fn whom_to_call(reader: &Reader, request: &SearchRequest, named: &Matches, most: usize) -> Vec<Known> {
    let looked_at = named.iter().take(NAMESAKES);
    let mut known: Vec<(u8, Known)> =
        looked_at.filter_map(|(person, slips)| Some((slips, known(reader, request, person)?))).collect();
    known.sort_by_key(|(slips, known)| (*slips, known.metres.unwrap_or(u32::MAX), known.practitioner));
    known.into_iter().map(|(_, known)| known).take(most).collect()
}

/// Who is meant by a name that somebody is typing.
pub(super) fn people(view: &View, typed: &str, most: usize) -> Vec<Known> {
    whom_to_call(&view.reader, &SearchRequest::default(), &view.reader.people(typed), most)
}

/// Somebody who is what is asked for, at their nearest place; when they are free does not matter.
fn known(reader: &Reader, request: &SearchRequest, person: u32) -> Option<Known> {
    let profile = reader.card(person);
    let card = Card::read(profile)?;
    let is = |asked: Option<&str>, said: Option<&str>| asked.is_none_or(|asked| said == Some(asked));
    let suits = is(request.specialty.as_deref(), card.specialty)
        && is(request.sector.as_deref(), card.sector)
        && request.language.as_deref().is_none_or(|asked| card.languages().any(|spoken| spoken == asked))
        && request.new_patients.is_none_or(|asked| card.accepts_new_patients == asked)
        && (request.telehealth != Some(true) || card.telehealth);
    let away = |place: &CardLocation<'_>| match (request.near, place.position) {
        (Some(near), Some(position)) => Some(metres_between(near, position)),
        _ => None,
    };
    let nearest = card.locations().min_by_key(|place| away(place).unwrap_or(u32::MAX));
    suits.then(|| Known {
        practitioner: reader.practitioner(person),
        profile: profile.into(),
        location: nearest.as_ref().map(|place| place.id),
        metres: nearest.as_ref().and_then(away),
    })
}

fn facets(pack: &'static Pack, view: &View, facets: rendez_index::Facets) -> Facets {
    let named = |value: Option<Cow<'static, str>>, count| value.map(|value| Facet { value, count });
    let specialty = |no: u16| pack.specialties().get(usize::from(no)).map(|known| known.code.as_str().into());
    let sector = |no: u8| pack.sectors().get(usize::from(no)).map(|known| known.code.as_str().into());
    let language = |no: u8| view.words.language_code(no).map(|code| Cow::Owned(code.to_owned()));
    Facets {
        specialties: facets
            .specialties
            .into_iter()
            .filter_map(|(no, count)| named(specialty(no), count))
            .take(MOST_VALUES)
            .collect(),
        languages: facets
            .languages
            .into_iter()
            .filter_map(|(no, count)| named(language(no), count))
            .take(MOST_VALUES)
            .collect(),
        sectors: facets
            .sectors
            .into_iter()
            .filter_map(|(no, count)| named(sector(no), count))
            .take(MOST_VALUES)
            .collect(),
        telehealth: facets.telehealth,
        new_patients: facets.new_patients,
        free_within_days: facets.free_within_days,
    }
}

/// What comes close to a query that found nothing: later in the same circle, farther away, or at a distance. When that takes
/// long, the rest is left out.
fn alternatives(
    reader: &Reader,
    query: &Query<'_>,
    now: Moment,
    reach: Moment,
    scratch: &mut Scratch,
    began: Instant,
) -> Alternatives {
    let mut ask = |query: Query<'_>| -> Vec<Found> {
        if began.elapsed() > ALTERNATIVES_WITHIN {
            return Vec::new();
        }
        let answer = reader.search(&Query { limit: ALTERNATIVES, counted: false, ..query }, scratch);
        answer.hits.into_iter().map(|hit| found(reader, hit)).collect()
    };
    // The days that most practices open: beyond, the index has to ask each one's record.
    let latest = reach.min(now.plus(LATER_DAYS * 86_400));
    let later = match query.window.end < latest {
        // Nobody has anything from now until the window's end, and first starts tell more quickly than days.
        true if !query.is_by_day(now) => ask(Query { window: Span::new(now, latest), ..query.clone() }),
        true => ask(Query { window: Span::new(query.window.end, latest), ..query.clone() }),
        false => Vec::new(),
    };
    let mut farther = Vec::new();
    if let Some(circle) = query.near {
        let mut radius_km = circle.radius_km;
        while farther.is_empty() && radius_km < FARTHEST_KM {
            radius_km = (radius_km * 3.0).min(FARTHEST_KM);
            farther = ask(Query { near: Some(Circle { radius_km, ..circle }), ..query.clone() });
        }
    }
    // Who asked for visits at a distance from anywhere has had that answer.
    let mut telehealth = Vec::new();
    if query.telehealth != Some(true) || query.near.is_some() {
        let at_a_distance = Query { telehealth: Some(true), ..query.clone() };
        let whenever = Query { window: Span::new(now, latest), ..at_a_distance.clone() };
        // In the area first: whoever is seen from afar may have to come by after all.
        if let Some(circle) = query.near {
            let area = Some(Circle { radius_km: circle.radius_km.max(AREA_KM), ..circle });
            telehealth = ask(Query { near: area, ..at_a_distance });
            if telehealth.is_empty() {
                telehealth = ask(Query { near: area, ..whenever.clone() });
            }
        } else {
            telehealth = ask(at_a_distance);
        }
        if telehealth.is_empty() {
            telehealth = ask(Query { near: None, ..whenever });
        }
    }
    let telehealth = telehealth.into_iter().map(|found| distant(query.near, found)).collect();
    Alternatives { later, farther, telehealth, without_times: Vec::new() }
}
