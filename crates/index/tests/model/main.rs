//! The index against a slow, obvious model: the same answers, in the same order, whatever happened before.
//!
//! `RENDEZ_MODEL_QUERIES=10000000 cargo test -p rendez-index --release --test model -- ten_million` asks ten million
//! random questions; without the variable a few thousand.

mod concurrency;
#[path = "../../benches/country/dice.rs"]
mod dice;
mod grids;
mod questions;
mod slow;
mod story;
mod twins;
mod worlds;

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use rendez_index::{Circle, Hours, Moment, Packed, Query, Scratch, Span, Visit, Weekdays};

use dice::{Dice, mixed};
use questions::Question;
use worlds::{SMALL, USUAL};

/// How many questions are asked of a world before the next one is made.
const PER_WORLD: u64 = 2000;

proptest! {
    #![proptest_config(a_few_cases())]

    #[test]
    fn a_small_world_answers_like_the_model(
        seed in any::<u64>(),
        people in vec(any::<u64>(), 0..12),
        steps in vec(any::<u64>(), 1..120),
    ) {
        let mut twins = story::world(seed, &people, USUAL);
        steps.iter().for_each(|step| story::step(&mut twins, *step, USUAL));
        twins.compare();
    }

    #[test]
    fn a_crowded_world_answers_like_the_model(
        seed in any::<u64>(),
        people in vec(any::<u64>(), 100..300),
        steps in vec(any::<u64>(), 1..20),
    ) {
        let mut twins = story::world(seed, &people, SMALL);
        steps.iter().for_each(|step| story::step(&mut twins, *step, SMALL));
        twins.compare();
    }

    #[test]
    fn packing_around_busy_times_is_packing_start_by_start(
        seed in any::<u64>(),
        busy in vec((0u32..64 * worlds::DAY, 1u32..200_000), 0..40),
    ) {
        let settings = worlds::settings(&mut Dice::new(seed));
        let profile = worlds::practitioner(seed, &settings, USUAL);
        let since = settings.now.minus(worlds::DAY);
        let busy: Vec<Span> = busy
            .into_iter()
            .map(|(from, seconds)| Span::new(since.plus(from), since.plus(from + seconds)))
            .collect();
        let is_free = |visit: &Visit| !busy.iter().any(|busy| busy.overlaps(visit.blocked));
        let start_by_start = Packed::new(&settings, &profile, is_free);
        prop_assert_eq!(Packed::with_busy(&settings, &profile, &busy).digest(), start_by_start.digest());
    }
}

/// Few cases, because each is long; `PROPTEST_CASES` asks for more.
fn a_few_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { 24 };
    ProptestConfig { cases, max_shrink_iters: 4000, failure_persistence: None, ..usual }
}

/// Many questions of many worlds, with a few changes in between, on two threads.
#[test]
fn ten_million_questions_are_answered_like_the_model() {
    let wanted =
        std::env::var("RENDEZ_MODEL_QUERIES").ok().and_then(|text| text.parse().ok()).unwrap_or(8000);
    let (worlds, found) = (AtomicU64::new(0), AtomicU64::new(0));
    let threads = thread::available_parallelism().map_or(2, NonZero::get).min(2);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let no = worlds.fetch_add(1, Ordering::Relaxed);
                    if no * PER_WORLD >= wanted {
                        break;
                    }
                    found.fetch_add(ask_a_world(no), Ordering::Relaxed);
                }
            });
        }
    });
    let asked = wanted.div_ceil(PER_WORLD) * PER_WORLD;
    let found = found.into_inner();
    eprintln!("{asked} questions, {found} of which found somebody");
    assert!(found * 3 > asked, "questions that find nobody prove little: {found} of {asked}");
}

/// How many of the questions found somebody.
fn ask_a_world(seed: u64) -> u64 {
    let dice = &mut Dice::new(mixed(seed));
    let people: Vec<u64> = (0..dice.between(1, 110)).map(|_| dice.roll()).collect();
    let mut twins = story::world(dice.roll(), &people, SMALL);
    let answers = (0..PER_WORLD).map(|no| {
        if no % 20 == 19 {
            story::change(&mut twins, dice, SMALL);
        }
        let question = Question::ask(dice.roll(), &twins.slow);
        twins.ask(&question)
    });
    answers.filter(|answer| answer.total > 0).count() as u64
}

/// When everything that was open is past, nobody is found, and nothing breaks.
#[test]
fn nobody_is_found_when_all_is_past() {
    let people: Vec<u64> = (0..80).collect();
    let mut twins = story::world(5, &people, SMALL);
    twins.advance(story::far_ahead(twins.slow.now()));
    for seed in 0..200 {
        let answer = twins.ask(&Question::ask(seed, &twins.slow));
        assert_eq!(answer.total, 0);
    }
    twins.compare();
}

/// Whoever asks checks the question first; if they do not, the answer may be anything but a crash.
#[test]
fn absurd_questions_break_nothing() {
    let people: Vec<u64> = (0..80).collect();
    let twins = story::world(6, &people, SMALL);
    let (reader, usual) = (twins.index.reader(), Query::in_window(Span::new(Moment::MIN, Moment::NEVER)));
    let around = |latitude, longitude, radius_km| Query {
        near: Some(Circle { latitude, longitude, radius_km }),
        ..usual.clone()
    };
    let between = |start, end| Query { window: Span::new(start, end), ..usual.clone() };
    let hours = |from, until| Query { hours: Some(Hours { from, until }), ..usual.clone() };
    let mut absurd = vec![
        Query { specialty: Some(u16::MAX), ..usual.clone() },
        Query { language: Some(u8::MAX), ..usual.clone() },
        Query { sector: Some(u8::MAX), ..usual.clone() },
        Query { days: Weekdays(0xff), ..usual.clone() },
        Query { visit_minutes: Some(u16::MAX), ..usual.clone() },
        Query { limit: 0, ..usual.clone() },
        Query { limit: u8::MAX, ..usual.clone() },
        between(Moment::NEVER, Moment::MIN),
        between(Moment::NEVER, Moment::NEVER),
        hours(u32::MAX, 5),
        hours(5, u32::MAX),
    ];
    for odd in [f64::NAN, f64::INFINITY, -1.0, 91.0, 1e300] {
        absurd.extend([around(odd, 0.0, 5.0), around(48.0, odd, 5.0), around(48.0, 2.0, odd)]);
    }
    for mut scratch in [Scratch::default(), Scratch::without_wide(), Scratch::portable()] {
        for query in &absurd {
            assert!(reader.search(query, &mut scratch).total <= 80, "{query:?}");
        }
    }
}
