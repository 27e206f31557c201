//! All lines about one practitioner, put together. Pure.
//!
//! The first line that speaks of a field decides it; places, hours, absences and visit types of all lines add up.

use super::digest::digest;
use super::model::{Closed, Horizon, IfUnknown, Open, Said, VisitTypeSaid};

/// What all lines together say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Whole {
    pub(super) said: Said,
    /// Whether a line may bring somebody new.
    pub(super) enters: bool,
    /// Why somebody unknown is left alone, if no line brings them.
    pub(super) skip: Option<String>,
}

/// Fields of a profile; the two names are one.
pub(super) const FIELDS: usize = 10;

/// Digests of the parts; `None` where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digests {
    /// The fields of the profile, in the order of [`Whole::digests`].
    pub(super) profile: [Option<i64>; FIELDS],
    pub(super) places: Option<i64>,
    pub(super) hours: Option<i64>,
    pub(super) closures: Option<i64>,
    pub(super) visit_types: Option<i64>,
}

/// Puts lines together, in the order of the files.
pub(super) fn combine(lines: &[Said]) -> Whole {
    let mut whole = Whole::default();
    let all = &mut whole.said;
    for line in lines {
        match &line.if_unknown {
            IfUnknown::Enter => whole.enters = true,
            IfUnknown::Skip(reason) => whole.skip = whole.skip.or_else(|| Some(reason.clone())),
            IfUnknown::Bad => {}
        }
        gather(&mut all.also, &line.also);
        first(&mut all.given_name, &line.given_name);
        first(&mut all.family_name, &line.family_name);
        known_first(&mut all.specialty, &line.specialty);
        first(&mut all.languages, &line.languages);
        known_first(&mut all.phone, &line.phone);
        known_first(&mut all.email, &line.email);
        known_first(&mut all.sector, &line.sector);
        first(&mut all.accepts_new_patients, &line.accepts_new_patients);
        first(&mut all.telehealth, &line.telehealth);
        first(&mut all.active, &line.active);
        all.horizon = hull(all.horizon, line.horizon);
        gather_said(&mut all.places, &line.places);
        gather_said(&mut all.hours, &line.hours);
        gather_said(&mut all.closures, &line.closures);
        if let Some(more) = &line.visit_types {
            let types = all.visit_types.get_or_insert_default();
            for one in more {
                if !types.iter().any(|known| known.name == one.name) {
                    types.push(one.clone());
                }
            }
        }
    }
    if let (Some(hours), Some((from, until))) = (&mut all.hours, all.horizon) {
        for open in hours.iter_mut() {
            open.valid_from = open.valid_from.max(from);
            open.valid_until = match (open.valid_until, until) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        hours.retain(|open| {
            open.valid_from.is_none() || open.valid_until.is_none() || open.valid_from <= open.valid_until
        });
    }
    if let Some(hours) = &mut all.hours {
        hours.sort_unstable();
        hours.dedup();
    }
    if let Some(closures) = &mut all.closures {
        closures.sort_unstable();
    }
    whole
}

impl Whole {
    /// Digests of what is said.
    pub(super) fn digests(&self) -> Digests {
        let said = &self.said;
        let names = (&said.given_name, &said.family_name);
        let profile = [
            (!said.also.is_empty()).then(|| digest(&said.also)),
            (said.given_name.is_some() || said.family_name.is_some()).then(|| digest(&names)),
            said.specialty.as_ref().map(digest),
            said.languages.as_ref().map(digest),
            said.phone.as_ref().map(digest),
            said.email.as_ref().map(digest),
            said.sector.as_ref().map(digest),
            said.accepts_new_patients.as_ref().map(digest),
            said.telehealth.as_ref().map(digest),
            said.active.as_ref().map(digest),
        ];
        Digests {
            profile,
            places: said.places.as_ref().map(digest),
            hours: said.hours.as_ref().map(digest),
            closures: said.closures.as_ref().map(digest),
            visit_types: said.visit_types.as_ref().map(digest),
        }
    }

    /// Leaves only what is different from what was said before. What says that there is nothing, and has never said
    /// otherwise, stays silent: what stands there is the practice's. So does that somebody practises: only who was said not
    /// to can begin again.
    pub(super) fn only_news(&mut self, now: &Digests, before: &Digests) {
        let said = &mut self.said;
        let news = |field: usize, is_nothing: bool| {
            now.profile[field] != before.profile[field] && !(before.profile[field].is_none() && is_nothing)
        };
        if !news(0, said.also.is_empty()) {
            said.also.clear();
        }
        if !news(1, false) {
            (said.given_name, said.family_name) = (None, None);
        }
        said.specialty = said.specialty.take().filter(|one| news(2, one.is_none()));
        said.languages = said.languages.take().filter(|all| news(3, all.is_empty()));
        said.phone = said.phone.take().filter(|one| news(4, one.is_none()));
        said.email = said.email.take().filter(|one| news(5, one.is_none()));
        said.sector = said.sector.take().filter(|one| news(6, one.is_none()));
        said.accepts_new_patients = said.accepts_new_patients.filter(|_| news(7, false));
        said.telehealth = said.telehealth.filter(|_| news(8, false));
        said.active = said.active.filter(|active| news(9, *active));
        said.horizon = None;
        silence(&mut said.places, now.places, before.places);
        silence::<Open>(&mut said.hours, now.hours, before.hours);
        silence::<Closed>(&mut said.closures, now.closures, before.closures);
        silence::<VisitTypeSaid>(&mut said.visit_types, now.visit_types, before.visit_types);
    }

    /// Whether anything is left to write.
    pub(super) fn says_something(&self) -> bool {
        self.said != Said { if_unknown: self.said.if_unknown.clone(), ..Said::default() }
    }
}

impl Digests {
    /// What is remembered after this saying: a part it did not speak of keeps its digest.
    pub(super) fn over(self, before: Self) -> Self {
        Self {
            profile: std::array::from_fn(|field| self.profile[field].or(before.profile[field])),
            places: self.places.or(before.places),
            hours: self.hours.or(before.hours),
            closures: self.closures.or(before.closures),
            visit_types: self.visit_types.or(before.visit_types),
        }
    }
}

fn silence<T>(part: &mut Option<Vec<T>>, now: Option<i64>, before: Option<i64>) {
    let nothing_new = now == before || (before.is_none() && part.as_ref().is_some_and(Vec::is_empty));
    if nothing_new {
        *part = None;
    }
}

/// The days between which one of two holds; where one has no bound there is none.
fn hull(all: Option<Horizon>, line: Option<Horizon>) -> Option<Horizon> {
    let (Some((from, until)), Some((other_from, other_until))) = (all, line) else { return all.or(line) };
    Some((
        from.zip(other_from).map(|(one, other)| one.min(other)),
        until.zip(other_until).map(|(one, other)| one.max(other)),
    ))
}

fn first<T: Clone>(all: &mut Option<T>, line: &Option<T>) {
    if all.is_none() {
        all.clone_from(line);
    }
}

/// A line that knows goes before one that says there is none.
fn known_first<T: Clone>(all: &mut Option<Option<T>>, line: &Option<Option<T>>) {
    if !matches!(all, Some(Some(_))) && line.is_some() && (all.is_none() || matches!(line, Some(Some(_)))) {
        all.clone_from(line);
    }
}

fn gather<T: Clone + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

fn gather_said<T: Clone + PartialEq>(all: &mut Option<Vec<T>>, more: &Option<Vec<T>>) {
    if let Some(more) = more {
        gather(all.get_or_insert_default(), more);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, date};

    use super::*;

    fn at(place: &str) -> Said {
        Said { places: Some(vec![place.into()]), ..Said::default() }
    }

    fn monday(from: i8) -> Open {
        Open {
            place: None,
            weekday: 1,
            starts: Time::constant(from, 0, 0, 0),
            ends: Time::constant(12, 0, 0, 0),
            valid_from: None,
            valid_until: None,
        }
    }

    #[test]
    fn places_add_up_and_the_first_known_specialty_counts() {
        let lines = [
            Said { specialty: Some(None), ..at("a") },
            Said { specialty: Some(Some("dentistry".into())), ..at("b") },
            Said { specialty: Some(Some("surgery".into())), ..at("a") },
        ];
        let whole = combine(&lines);
        assert_eq!(whole.said.places, Some(vec!["a".into(), "b".into()]));
        assert_eq!(whole.said.specialty, Some(Some("dentistry".into())));
        assert!(whole.enters);
    }

    #[test]
    fn a_schedules_horizon_bounds_the_hours() {
        let (from, until) = (date(2026, 1, 1), date(2026, 6, 30));
        let lines = [
            Said { hours: Some(vec![monday(9), monday(8), monday(9)]), ..Said::default() },
            Said { horizon: Some((Some(from), Some(until))), ..Said::default() },
        ];
        let hours = combine(&lines).said.hours.expect("said");
        assert_eq!(hours.len(), 2, "the same rule twice is one");
        assert!(hours.iter().all(|open| open.valid_from == Some(from) && open.valid_until == Some(until)));
    }

    #[test]
    fn what_was_said_before_is_no_news_and_an_empty_part_takes_nothing_away() {
        let mut whole = combine(&[Said { hours: Some(vec![]), given_name: Some("Ana".into()), ..at("a") }]);
        let now = whole.digests();
        whole.only_news(&now, &Digests { hours: None, ..now });
        assert!(!whole.says_something(), "{whole:?}");

        let mut whole = combine(&[Said { hours: Some(vec![]), given_name: Some("Ana".into()), ..at("a") }]);
        whole.only_news(&now, &Digests { hours: Some(7), ..now });
        assert_eq!(
            whole.said,
            Said { hours: Some(vec![]), ..Said::default() },
            "there were some, and they are gone"
        );
    }
}
