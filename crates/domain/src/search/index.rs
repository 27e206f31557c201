//! A request put to the index, and its answer in the words of the domain.
//!
//! Everything here is memory and arithmetic: it takes microseconds and never waits, so callers need no thread for it.

use std::borrow::Cow;
use std::cell::RefCell;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use rendez_index::text::Matches;
use rendez_index::{Circle, Hit, Hours, Moment, Query, Reader, Scratch, Span, Typed, Weekdays};

use super::feed::View;
use super::model::{
    Alternatives, Cursor, Facet, Facets, Found, Notice, SearchRefusal, SearchRequest, SearchResults, Source,
};
use super::window::{WIDEST, window};
use super::{USUAL_RADIUS_KM, words};
use crate::regions::{Pack, Specialty, search_key};

/// Values that a facet names at most.
const MOST_VALUES: usize = 20;
/// How many alternatives of each kind.
const ALTERNATIVES: u8 = 3;
/// How far alternatives are looked for.
const FARTHEST_KM: f64 = 500.0;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The index's answer; `None` for windows that begin later than it reaches.
pub(super) fn search(
    pack: &'static Pack,
    view: &View,
    request: &SearchRequest,
) -> Result<Option<SearchResults>, SearchRefusal> {
    let now = Timestamp::from_second(view.reader.now().unix()).unwrap_or(view.as_of);
    let window = window(request, now)?;
    let reach = now.checked_add(WIDEST).unwrap_or(Timestamp::MAX);
    if window.start() >= reach {
        return Ok(None);
    }
    let typed = request.q.as_deref().filter(|typed| !search_key(typed).is_empty());
    let typed = typed.map(|typed| Understood::new(pack, &view.reader, typed));
    let span = Span::new(moment(window.start()), moment(window.end().min(reach)));
    let Some(query) = query(view, request, typed.as_ref(), span) else {
        return Ok(Some(nobody(view)));
    };
    SCRATCH.with_borrow_mut(|scratch| {
        let answer = view.reader.search(&query, scratch);
        let found_nothing = answer.hits.is_empty() && query.after.is_none();
        let alternatives =
            found_nothing.then(|| alternatives(&view.reader, &query, moment(now), moment(reach), scratch));
        Ok(Some(SearchResults {
            results: answer.hits.into_iter().map(|hit| found(&view.reader, hit)).collect(),
            total: answer.total,
            facets: facets(pack, view, answer.facets),
            next: answer.next.map(|next| Cursor::Ranked {
                reference: next.reference.unix(),
                score: next.score,
                practitioner: next.practitioner,
            }),
            as_of: view.as_of,
            source: Source::Index,
            notice: view.stale.then_some(Notice::Stale),
            alternatives,
        }))
    })
}

/// The answer when a value is asked for that nobody has.
fn nobody(view: &View) -> SearchResults {
    SearchResults {
        results: Vec::new(),
        total: 0,
        facets: Facets::default(),
        next: None,
        as_of: view.as_of,
        source: Source::Index,
        notice: view.stale.then_some(Notice::Stale),
        alternatives: Some(Alternatives::default()),
    }
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

/// The request in the index's words; `None` when it has no word for something, because nobody is so.
fn query<'a>(
    view: &View,
    request: &SearchRequest,
    typed: Option<&'a Understood>,
    window: Span,
) -> Option<Query<'a>> {
    let words = &view.words;
    let number = |specialty: &&Specialty| words.specialty(&specialty.code);
    Some(Query {
        specialty: match &request.specialty {
            Some(code) => Some(words.specialty(code)?),
            None => None,
        },
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
        language: match &request.language {
            Some(code) => Some(words.language(code)?),
            None => None,
        },
        telehealth: request.telehealth,
        new_patients: request.new_patients,
        sector: match &request.sector {
            Some(code) => Some(words.sector(code)?),
            None => None,
        },
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
    })
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

fn found(reader: &Reader, hit: Hit) -> Found {
    Found {
        practitioner: hit.practitioner,
        profile: reader.card(hit.person).into(),
        location: hit.location,
        visit_type: hit.visit_type,
        duration_minutes: hit.duration_minutes.into(),
        metres: hit.metres,
        starts: hit
            .starts
            .iter()
            .map(|start| Timestamp::from_second(start.unix()).unwrap_or(Timestamp::UNIX_EPOCH))
            .collect(),
    }
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

/// What comes close to a query that found nothing: later in the same circle, farther away, or at a distance.
fn alternatives(
    reader: &Reader,
    query: &Query<'_>,
    now: Moment,
    reach: Moment,
    scratch: &mut Scratch,
) -> Alternatives {
    let mut ask = |query: Query<'_>| -> Vec<Found> {
        let answer = reader.search(&Query { limit: ALTERNATIVES, ..query }, scratch);
        answer.hits.into_iter().map(|hit| found(reader, hit)).collect()
    };
    let later = match query.window.end < reach {
        true => ask(Query { window: Span::new(query.window.end, reach), ..query.clone() }),
        false => Vec::new(),
    };
    let mut farther = Vec::new();
    if let Some(circle) = query.near {
        let mut radius_km = circle.radius_km;
        while farther.is_empty() && radius_km < FARTHEST_KM {
            radius_km = (radius_km * 2.0).min(FARTHEST_KM);
            farther = ask(Query { near: Some(Circle { radius_km, ..circle }), ..query.clone() });
        }
    }
    // Who asked for visits at a distance from anywhere has had that answer.
    let telehealth = match query.telehealth == Some(true) && query.near.is_none() {
        true => Vec::new(),
        false => {
            ask(Query { telehealth: Some(true), near: None, window: Span::new(now, reach), ..query.clone() })
        }
    };
    Alternatives { later, farther, telehealth }
}
