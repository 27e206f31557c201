//! What happens to a world, step by step: each step follows from a seed, so that a failing story can be cut short.

use std::collections::{BTreeSet, HashMap};

use rendez_index::{Moment, Query};
use rendez_vocab::ids::PractitionerId;

use crate::dice::Dice;
use crate::questions::Question;
use crate::twins::Twins;
use crate::worlds::{self, DAY, Diary, Size, practitioner};

/// A world of people from these seeds.
pub(crate) fn world(seed: u64, people: &[u64], size: Size) -> Twins {
    let settings = worlds::settings(&mut Dice::new(seed));
    let with_diary = |seed: &u64| (practitioner(*seed, &settings, size), Diary::new(&mut Dice::new(!seed)));
    let people = people.iter().map(with_diary).collect();
    Twins::new(settings, people)
}

/// One thing that happens.
pub(crate) fn step(twins: &mut Twins, seed: u64, size: Size) {
    let dice = &mut Dice::new(seed);
    match dice.below(100) {
        0..=39 => (0..8).for_each(|_| drop(twins.ask(&Question::ask(dice.roll(), &twins.slow)))),
        40..=47 => turn_pages(twins, dice, size),
        48..=49 => twins.rebuild(),
        50 => twins.restore(),
        51..=54 => twins.compare(),
        _ => change(twins, dice, size),
    }
}

/// Somebody books, leaves, comes, changes, or time goes on.
pub(crate) fn change(twins: &mut Twins, dice: &mut Dice, size: Size) {
    let people = twins.slow.practitioners();
    let stranger = practitioner(dice.roll(), &twins.index.settings(), size);
    let id = if people.is_empty() || dice.percent(3) { stranger.practitioner } else { dice.pick(&people) };
    let range = worlds::range(dice, &twins.slow.free_starts(id), twins.slow.now());
    let diary = Diary::new(dice);
    match dice.below(100) {
        0..=29 => twins.take(id, range),
        30..=54 => twins.refresh(id, range, diary),
        55..=59 => twins.overtake(id, range, diary),
        60..=64 => twins.put(stranger, diary),
        65..=79 => revise(twins, dice, id, size),
        80..=84 => twins.remove(id),
        85..=86 => twins.advance(twins.slow.now().plus(dice.pick(&[1, 2, 9]) * DAY)),
        _ => twins.advance(twins.slow.now().plus(dice.pick(&[0, 1, 60, 300, 3600, 30_000]))),
    }
}

/// Somebody's profile changes: all of it, or only some.
fn revise(twins: &mut Twins, dice: &mut Dice, id: PractitionerId, size: Size) {
    let mut fresh = practitioner(dice.roll(), &twins.index.settings(), size);
    fresh.practitioner = id;
    let diary = Diary::new(dice);
    let Some(known) = twins.slow.profile(id).cloned() else { return twins.put(fresh, diary) };
    let revised = match dice.below(6) {
        0 => fresh,
        1 => rendez_index::Profile { specialty: fresh.specialty, ..known },
        2 => rendez_index::Profile {
            names: fresh.names,
            card: fresh.card,
            languages: fresh.languages,
            ..known
        },
        3 => {
            let mut revised = known;
            revised.places.truncate(1);
            revised.places.iter_mut().for_each(|place| place.closed.clear());
            revised
        }
        4 => {
            let mut revised = known;
            let shifts = fresh.places.first().map(|place| (place.shifts.clone(), place.zone));
            if let (Some(place), Some((shifts, zone))) = (revised.places.first_mut(), shifts) {
                (place.shifts, place.zone) = (shifts, zone);
            }
            revised
        }
        _ => known,
    };
    twins.put(revised, diary);
}

/// Reads an answer page by page to its end while things change: whoever stays as they were is found once.
fn turn_pages(twins: &mut Twins, dice: &mut Dice, size: Size) {
    let mut question = Question::ask(dice.roll(), &twins.slow);
    question.query.after = None;
    let changes = dice.percent(50);
    let scores = |twins: &Twins, question: &Question| -> HashMap<PractitionerId, u32> {
        let reference = Some(rendez_index::Cursor {
            reference: twins.slow.now().max(question.query.window.start),
            score: 0,
            practitioner: PractitionerId::from_uuid(uuid::Uuid::nil()),
        });
        let after =
            question.query.after.map(|after| rendez_index::Cursor { score: 0, ..after }).or(reference);
        let all = Query { limit: u8::MAX, after, ..question.query.clone() };
        let everybody = everybody(twins, &all, question);
        everybody.into_iter().collect()
    };
    let first = scores(twins, &question);
    let mut steady: BTreeSet<_> = first.keys().copied().collect();
    let mut seen: Vec<PractitionerId> = Vec::new();
    loop {
        let answer = twins.ask(&question);
        seen.extend(answer.hits.iter().map(|hit| hit.practitioner));
        question.query.after = answer.next;
        if answer.next.is_none() || seen.len() > 1000 {
            break;
        }
        if changes {
            change(twins, dice, size);
            let now = scores(twins, &question);
            steady.retain(|id| now.get(id) == first.get(id));
        }
    }
    for id in steady {
        let times = seen.iter().filter(|seen| **seen == id).count();
        assert_eq!(times, 1, "{id} is on {times} pages of {question:?}");
    }
}

/// Who is found, and with which score, on all pages of an answer of the slow model.
fn everybody(twins: &Twins, query: &Query<'_>, question: &Question) -> Vec<(PractitionerId, u32)> {
    let meant = question.meant(&twins.slow);
    let mut found = Vec::new();
    let mut query = query.clone();
    loop {
        let answer = twins.slow.search(&query, meant.as_ref());
        found.extend(answer.hits.iter().map(|hit| (hit.practitioner, hit.score)));
        match answer.next {
            Some(_) => query.after = answer.next,
            None => return found,
        }
    }
}

/// A moment that is long enough ahead for nothing to be left.
pub(crate) fn far_ahead(now: Moment) -> Moment {
    now.plus(70 * DAY)
}
