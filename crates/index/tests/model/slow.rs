//! The index as it would be written without any thought of speed: what it answers is right because it is plain.
//!
//! It keeps every profile and every free start, and answers a question by looking at each of them. It knows nothing of
//! how the index is arranged; only the arithmetic of distance and score is the same to the bit, because it is part of
//! the contract.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use rendez_index::{
    Answer, Circle, Cursor, Facets, Hit, Moment, Profile, Query, Span, SpecialtyNo, Visit, VisitType,
    Weekdays, Zone,
};
use rendez_vocab::ids::PractitionerId;

use crate::grids::every_grid;

/// Radius of the earth in metres.
const EARTH: f32 = 6_371_008.8;
/// What a day of waiting weighs, in metres.
const METRES_PER_DAY: f32 = 1500.0;

/// Everybody, and the present.
#[derive(Debug, Clone)]
pub(crate) struct Slow {
    zones: Vec<Zone>,
    now: Moment,
    people: BTreeMap<PractitionerId, Person>,
}

/// A practitioner with the free starts of each place and visit type, in order.
#[derive(Debug, Clone)]
struct Person {
    profile: Profile,
    free: Vec<Vec<Vec<Moment>>>,
}

/// What was typed, as the index is expected to understand it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meant {
    pub(crate) specialties: Vec<SpecialtyNo>,
    /// People with the slips in their names.
    pub(crate) people: HashMap<PractitionerId, u8>,
}

/// Somebody who is found, at the place that ranks best.
struct Found<'a> {
    profile: &'a Profile,
    best: Offer,
    /// Their first start at any place that suits.
    soonest: Moment,
}

/// A place that suits a question.
struct Offer {
    score: u32,
    metres: Option<u32>,
    place: usize,
    visit_type: usize,
    starts: Vec<Moment>,
}

impl Slow {
    pub(crate) fn new(zones: Vec<Zone>, now: Moment) -> Self {
        Self { zones, now, people: BTreeMap::new() }
    }

    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    pub(crate) fn practitioners(&self) -> Vec<PractitionerId> {
        self.people.keys().copied().collect()
    }

    pub(crate) fn profile(&self, practitioner: PractitionerId) -> Option<&Profile> {
        self.people.get(&practitioner).map(|person| &person.profile)
    }

    pub(crate) fn is_free(&self, practitioner: PractitionerId, visit: &Visit) -> bool {
        self.people.get(&practitioner).is_some_and(|person| {
            person.free[usize::from(visit.place)][usize::from(visit.visit_type)]
                .binary_search(&visit.start)
                .is_ok()
        })
    }

    /// Some of somebody's free starts, for questions that hit the edges of things.
    pub(crate) fn free_starts(&self, practitioner: PractitionerId) -> Vec<Moment> {
        self.people
            .get(&practitioner)
            .map(|person| person.free.iter().flatten().flatten().copied().collect())
            .unwrap_or_default()
    }

    pub(crate) fn advance(&mut self, now: Moment) {
        self.now = now;
    }

    pub(crate) fn put(&mut self, profile: Profile, mut is_free: impl FnMut(&Visit) -> bool) {
        let free = every_grid(&profile, |visit| is_free(&visit));
        self.people.insert(profile.practitioner, Person { profile, free });
    }

    pub(crate) fn remove(&mut self, practitioner: PractitionerId) -> bool {
        self.people.remove(&practitioner).is_some()
    }

    pub(crate) fn take(&mut self, practitioner: PractitionerId, range: Span) {
        self.refresh(practitioner, range, |_| false);
    }

    pub(crate) fn refresh(
        &mut self,
        practitioner: PractitionerId,
        range: Span,
        mut is_free: impl FnMut(&Visit) -> bool,
    ) {
        let Some(before) = self.people.get(&practitioner).cloned() else { return };
        let free = every_grid(&before.profile, |visit| match visit.blocked.overlaps(range) {
            true => is_free(&visit),
            false => self.is_free(practitioner, &visit),
        });
        self.people.insert(practitioner, Person { free, ..before });
    }

    /// Answers; what was typed is not read from the question, but said by `meant`.
    pub(crate) fn search(&self, query: &Query<'_>, meant: Option<&Meant>) -> Answer {
        let everybody = self.people.values();
        let mut found: Vec<Found<'_>> =
            everybody.filter_map(|person| self.find(person, query, meant)).collect();
        let speaks =
            |found: &Found<'_>| query.language.is_none_or(|no| found.profile.languages.contains(&no));
        let charges = |found: &Found<'_>| query.sector.is_none_or(|no| found.profile.sector == Some(no));

        let any_language = found.iter().filter(|found| charges(found));
        let languages = counted(any_language.flat_map(|found| distinct(&found.profile.languages)));
        let any_sector = found.iter().filter(|found| speaks(found));
        let sectors = counted(any_sector.filter_map(|found| found.profile.sector));
        found.retain(|found| speaks(found) && charges(found));

        let count =
            |is: &dyn Fn(&Profile) -> bool| found.iter().filter(|found| is(found.profile)).count() as u32;
        let facets = Facets {
            specialties: counted(found.iter().filter_map(|found| found.profile.specialty)),
            languages,
            sectors,
            telehealth: count(&|profile| profile.telehealth),
            new_patients: count(&|profile| profile.accepts_new_patients),
            free_within_days: self.free_within(query, &found),
        };

        let total = found.len() as u32;
        found.sort_by_key(|found| (found.best.score, found.profile.practitioner));
        if let Some(after) = query.after {
            found.retain(|found| {
                (found.best.score, found.profile.practitioner) > (after.score, after.practitioner)
            });
        }
        let more = found.len() > usize::from(query.limit);
        found.truncate(usize::from(query.limit));
        let hits: Vec<Hit> = found.iter().map(|found| hit(found.profile, &found.best)).collect();
        let last = hits.last().filter(|_| more);
        let next = last.map(|hit| Cursor {
            reference: self.reference(query),
            score: hit.score,
            practitioner: hit.practitioner,
        });
        Answer { hits, total, facets, next }
    }

    fn find<'a>(&self, person: &'a Person, query: &Query<'_>, meant: Option<&Meant>) -> Option<Found<'a>> {
        let places = 0..person.profile.places.len();
        let offers: Vec<Offer> = places.filter_map(|place| self.offer(person, place, query, meant)).collect();
        let soonest = offers.iter().map(|offer| offer.starts[0]).min()?;
        let best = offers.into_iter().min_by_key(|offer| (offer.score, offer.place))?;
        Some(Found { profile: &person.profile, best, soonest })
    }

    fn offer(
        &self,
        person: &Person,
        place_no: usize,
        query: &Query<'_>,
        meant: Option<&Meant>,
    ) -> Option<Offer> {
        let profile = &person.profile;
        let slips = slips(profile, meant)?;
        if query.specialty.is_some() && profile.specialty != query.specialty {
            return None;
        }
        if query.new_patients.is_some_and(|wanted| wanted != profile.accepts_new_patients) {
            return None;
        }
        let place = &profile.places[place_no];
        let metres = match query.near {
            None => None,
            Some(circle) => Some(metres_if_inside(circle, place.position?)?),
        };
        let visit_type = chosen(profile, query)?;
        let starts = self.offered(person, place_no, visit_type, query);
        let first = *starts.first()?;
        let waiting = first.seconds().saturating_sub(self.reference(query).seconds());
        let waiting = (waiting as f32 * (METRES_PER_DAY / 86_400.0)) as u32;
        let score = (u32::from(slips) << 28) + metres.unwrap_or(0) + waiting;
        Some(Offer { score, metres, place: place_no, visit_type, starts })
    }

    /// The first three starts that a patient who asks this would be shown.
    fn offered(&self, person: &Person, place: usize, visit_type: usize, query: &Query<'_>) -> Vec<Moment> {
        let bookable = person.profile.visit_types[visit_type].bookable(self.now);
        let zone = &self.zones[usize::from(person.profile.places[place].zone)];
        let inside = |span: Span, start: Moment| span.start <= start && start < span.end;
        let all = &person.free[place][visit_type];
        let from = query.window.start.max(bookable.start);
        all[all.partition_point(|start| *start < from)..]
            .iter()
            .copied()
            .take_while(|start| inside(query.window, *start) && inside(bookable, *start))
            .filter(|start| {
                let (day, second) = zone.local(*start);
                let weekday = (day + 3).rem_euclid(7); // day 0 was a Thursday
                query.days.0 >> weekday & 1 == 1
                    && query.hours.is_none_or(|hours| hours.from <= second && second < hours.until)
            })
            .take(3)
            .collect()
    }

    fn reference(&self, query: &Query<'_>) -> Moment {
        query.after.map_or(self.now.max(query.window.start), |after| after.reference)
    }

    fn free_within(&self, query: &Query<'_>, found: &[Found<'_>]) -> Option<[u32; 4]> {
        let counted = query.window.start <= self.now && query.days == Weekdays::ALL && query.hours.is_none();
        counted.then(|| {
            [1, 3, 7, 14].map(|days| {
                let until = self.now.plus(days * 86_400);
                found.iter().filter(|found| found.soonest < until).count() as u32
            })
        })
    }
}

/// Whether somebody is meant by what was typed; with nothing typed everybody is.
fn slips(profile: &Profile, meant: Option<&Meant>) -> Option<u8> {
    let Some(meant) = meant else { return Some(0) };
    if profile.specialty.is_some_and(|specialty| meant.specialties.contains(&specialty)) {
        return Some(0);
    }
    meant.people.get(&profile.practitioner).copied()
}

/// The first visit type that suits the question.
fn chosen(profile: &Profile, query: &Query<'_>) -> Option<usize> {
    let suits = |visit_type: &VisitType| {
        visit_type.duration_minutes >= query.visit_minutes.unwrap_or(0)
            && !(query.new_patients == Some(true) && visit_type.known_only)
    };
    let first = |telehealth: Option<bool>| {
        profile.visit_types.iter().position(|visit_type| {
            suits(visit_type) && telehealth.is_none_or(|wanted| visit_type.telehealth == wanted)
        })
    };
    match query.telehealth {
        None => first(None),
        Some(false) => first(Some(false)),
        Some(true) if profile.telehealth => first(Some(true)).or_else(|| first(None)),
        Some(true) => None,
    }
}

fn metres_if_inside(circle: Circle, position: (f64, f64)) -> Option<u32> {
    let [ax, ay, az] = on_the_sphere(circle.latitude, circle.longitude);
    let [bx, by, bz] = on_the_sphere(position.0, position.1);
    let (dx, dy, dz) = (ax - bx, ay - by, az - bz);
    let metres = EARTH * (dx * dx + dy * dy + dz * dz).sqrt();
    (metres <= (circle.radius_km * 1000.0) as f32).then_some(metres as u32)
}

fn on_the_sphere(latitude: f64, longitude: f64) -> [f32; 3] {
    let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
    let x = latitude.cos() * longitude.cos();
    let y = latitude.cos() * longitude.sin();
    [x as f32, y as f32, latitude.sin() as f32]
}

fn hit(profile: &Profile, offer: &Offer) -> Hit {
    let visit_type = &profile.visit_types[offer.visit_type];
    Hit {
        practitioner: profile.practitioner,
        person: 0,
        location: profile.places[offer.place].id,
        metres: offer.metres,
        visit_type: visit_type.id,
        duration_minutes: visit_type.duration_minutes,
        starts: offer.starts.iter().copied().collect(),
        score: offer.score,
    }
}

fn distinct(languages: &[u8]) -> BTreeSet<u8> {
    languages.iter().copied().collect()
}

/// How often each occurs, most first, then by number.
fn counted<T: Copy + Ord + Hash>(all: impl Iterator<Item = T>) -> Vec<(T, u32)> {
    let mut counts = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_insert(0) += 1);
    let mut counts: Vec<(T, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(one, count)| (std::cmp::Reverse(*count), *one));
    counts
}
