//! What bookings cost: one by one, beside searches, and until the next search knows of them.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use rendez_index::{Index, Moment, Packed, Query, Scratch, Span, Visit};
use rendez_vocab::ids::PractitionerId;

use crate::clock::{Times, Watch, nanos_since, now, stay_anywhere, stay_on};
use crate::country::dice::Dice;
use crate::country::{Country, Resident};
use crate::made::Made;
use crate::mix;
use crate::report::Report;
use crate::speed;

/// How many people's bookings are changed.
const PEOPLE: u64 = 20_000;
const CHANGES: usize = 100_000;
const TRIALS: usize = 20_000;
const READ_ROUNDS: usize = 4;
const TURNS: usize = 5;

pub(crate) fn measure(made: &Made, report: &mut Report) {
    let dice = &mut Dice::new(17);
    let people: Vec<Resident> =
        (0..PEOPLE).map(|_| made.country.resident(dice.below(made.country.practitioners))).collect();
    one_by_one(made, &people, report);
    beside_searches(made, &people, report);
    until_visible(made, &people, report);
}

/// What changes: a visit in somebody's shift is booked, or the same time is given back.
fn some_range(dice: &mut Dice, resident: &Resident) -> Span {
    let shifts = &resident.profile.places[0].shifts;
    let shift = shifts[dice.below(shifts.len() as u64) as usize];
    let step = resident.profile.visit_types[0].step();
    let grid = (u32::from(shift.span_minutes) * 60 / step).max(1);
    let start = shift.anchor.plus(step * dice.below(u64::from(grid)) as u32);
    Span::new(start, start.plus(step))
}

/// Whether a visit touches nothing that was booked from the beginning.
fn is_free(busy: &[Span], visit: &Visit) -> bool {
    let next = busy.partition_point(|span| span.end <= visit.blocked.start);
    busy.get(next).is_none_or(|span| !span.overlaps(visit.blocked))
}

fn one_by_one(made: &Made, people: &[Resident], report: &mut Report) {
    let dice = &mut Dice::new(23);
    let changes: Vec<(&Resident, Span)> = (0..CHANGES)
        .map(|_| {
            let resident = &people[dice.below(PEOPLE) as usize];
            (resident, some_range(dice, resident))
        })
        .collect();
    report.begin("one change");
    let (times, processor) = timed(&changes, |(resident, range)| {
        made.index.take(resident.profile.practitioner, *range);
    });
    let asked = "a booking applied in about a microsecond (under 1.5)";
    report.verdict(processor < 1.5, asked, format!("{processor:.2} µs of processor time; {}", times.text()));
    let (times, processor) = timed(&changes, |(resident, range)| {
        let is_free = |visit: &Visit| is_free(&resident.busy, visit);
        made.index.refresh(resident.profile.practitioner, *range, None, is_free);
    });
    report.line(format!("time given back: {processor:.2} µs of processor time; {}", times.text()));
    let settings = made.index.settings();
    let packed: Vec<Packed> =
        people.iter().map(|who| Packed::with_busy(&settings, &who.profile, &who.busy)).collect();
    let (mut puts, watch) = (Vec::new(), Watch::start());
    for packed in packed {
        let before = now();
        made.index.put(packed, None);
        puts.push(nanos_since(before));
    }
    let processor = watch.read().processor.as_secs_f64() * 1e6 / people.len() as f64;
    report
        .line(format!("a whole schedule: {processor:.2} µs of processor time; {}", Times::new(puts).text()));
    let watch = Watch::start();
    made.index.advance(Country::now().plus(60));
    report.line(format!("a minute goes by: {:.2} ms", watch.read().wall.as_secs_f64() * 1e3));
}

/// How long each takes by the wall clock, and microseconds of processor time on average.
fn timed<T>(all: &[T], mut change: impl FnMut(&T)) -> (Times, f64) {
    let (mut times, watch) = (Vec::with_capacity(all.len()), Watch::start());
    for one in all {
        let before = now();
        change(one);
        times.push(nanos_since(before));
    }
    let processor = watch.read().processor.as_secs_f64() * 1e6 / all.len() as f64;
    (Times::new(times), processor)
}

/// One thread searches, another changes things at a rate.
fn beside_searches(made: &Made, people: &[Resident], report: &mut Report) {
    report.begin("searches beside changes: a reader on one core, a writer on the other");
    let queries: Vec<Query<'static>> =
        mix::questions(&made.country, 31, 20_000).into_iter().map(|(_, query)| query).collect();
    stay_on(0);
    // In turn, so that other work on the machine meets both alike.
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        alone.push(search_beside(made, people, &queries, Some(0)).by_processor);
        beside.push(search_beside(made, people, &queries, Some(5000)).by_processor);
    }
    let (alone, beside) = (median(alone), median(beside));
    let loss = 100.0 - beside * 100.0 / alone;
    report.verdict(
        loss < 5.0,
        "5,000 changes/s cost readers less than 5 %",
        format!("{alone:.0} searches/s of processor time alone, {beside:.0}/s beside: {loss:.1} % lost"),
    );
    for rate in [Some(5000), Some(100_000), None] {
        let measured = search_beside(made, people, &queries, rate);
        let loss = 100.0 - measured.by_processor * 100.0 / alone;
        report.line(format!(
            "beside {:.0} changes/s: {:.0} searches/s ({loss:.1} % lost), {}",
            measured.changes,
            measured.by_processor,
            measured.times.text()
        ));
    }
    stay_anywhere();
}

/// What a reader did beside a writer.
struct Beside {
    by_processor: f64,
    times: Times,
    /// Changes a second.
    changes: f64,
}

fn search_beside(made: &Made, people: &[Resident], queries: &[Query<'static>], rate: Option<u64>) -> Beside {
    let (over, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let (by_processor, times, seconds) = std::thread::scope(|scope| {
        scope.spawn(|| write(&made.index, people, rate, &over, &done));
        let scratch = &mut Scratch::default();
        let (watch, reader) = (Watch::start(), made.index.reader());
        let (by_processor, _) = speed::rate(&reader, queries, scratch, READ_ROUNDS);
        let times = speed::each(&reader, queries, scratch);
        let seconds = watch.read().wall.as_secs_f64();
        over.store(true, Ordering::Relaxed);
        (by_processor, times, seconds)
    });
    Beside { by_processor, times, changes: done.into_inner() as f64 / seconds }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// Books and gives back in turn until it is over, so many times a second, or as fast as it goes.
fn write(index: &Index, people: &[Resident], rate: Option<u64>, over: &AtomicBool, done: &AtomicU64) {
    if rate == Some(0) {
        return;
    }
    stay_on(1);
    let dice = &mut Dice::new(41);
    let pause = rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate as u32);
    let mut due = now();
    while !over.load(Ordering::Relaxed) {
        if pause > Duration::ZERO {
            if now() < due {
                std::hint::spin_loop();
                continue;
            }
            due += pause;
        }
        let resident = &people[dice.below(PEOPLE) as usize];
        let (id, range) = (resident.profile.practitioner, some_range(dice, resident));
        if done.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            index.take(id, range);
        } else {
            index.refresh(id, range, None, |visit| is_free(&resident.busy, visit));
        }
    }
}

/// A booking on one core until a search on the other shows that time no more, the search included.
fn until_visible(made: &Made, people: &[Resident], report: &mut Report) {
    let targets = targets(made, people);
    let (turn, seen) = (AtomicU32::new(0), AtomicU32::new(0));
    let mut times = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            stay_on(0);
            let scratch = &mut Scratch::default();
            for (no, (query, id, start)) in targets.iter().enumerate() {
                let no = no as u32 + 1;
                while turn.load(Ordering::Acquire) != no {
                    std::hint::spin_loop();
                }
                let is_shown = |scratch: &mut Scratch| {
                    let answer = made.index.reader().search(query, scratch);
                    answer.hits.iter().any(|hit| hit.practitioner == *id && hit.starts.contains(start))
                };
                while black_box(is_shown(scratch)) {}
                seen.store(no, Ordering::Release);
            }
        });
        stay_on(1);
        for (no, (_, id, start)) in targets.iter().enumerate() {
            let no = no as u32 + 1;
            turn.store(no, Ordering::Release);
            let before = now();
            made.index.take(*id, Span::new(*start, start.plus(60)));
            while seen.load(Ordering::Acquire) != no {
                std::hint::spin_loop();
            }
            times.push(nanos_since(before));
        }
    });
    stay_anywhere();
    report.begin("from a booking until a search on another core shows it");
    let times = Times::new(times);
    report.verdict(
        times.micros(99.0) < 50.0,
        "p99 under 50 µs",
        format!("{} trials: {}", targets.len(), times.text()),
    );
}

/// Searches with a start that they show.
fn targets(made: &Made, people: &[Resident]) -> Vec<(Query<'static>, PractitionerId, Moment)> {
    let (reader, scratch) = (made.index.reader(), &mut Scratch::default());
    let shown = people.iter().take(TRIALS).filter_map(|resident| {
        let (latitude, longitude) = resident.profile.places[0].position?;
        let near = Some(rendez_index::Circle { latitude, longitude, radius_km: 10.0 });
        let specialty = resident.profile.specialty;
        let query = Query { specialty, near, ..mix::two_months(Country::now()) };
        let answer = reader.search(&query, scratch);
        let hit = answer.hits.first()?;
        Some((query, hit.practitioner, *hit.starts.first()?))
    });
    shown.collect()
}
