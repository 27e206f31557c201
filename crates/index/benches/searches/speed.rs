//! Searches per second, and how long each takes: with vectors of 512 bits, as machines without them do it, and as any
//! machine could.

use std::hint::black_box;

use rendez_index::{Query, Reader, Scratch};

use crate::clock::{Times, Watch, nanos_since, now};
use crate::country::dice::Dice;
use crate::made::Made;
use crate::mix::{self, When};
use crate::report::Report;

const QUESTIONS: usize = 30_000;
/// How often all of them are asked for a rate.
const ROUNDS: usize = 12;

pub(crate) fn measure(made: &Made, report: &mut Report) {
    let mixed = mix::questions(&made.country, 1, QUESTIONS);
    let queries: Vec<Query<'static>> = mixed.iter().map(|(_, query)| query.clone()).collect();
    let reader = made.index.reader();
    describe(&reader, &queries, report);
    let worst: Vec<Query<'static>> = {
        let dice = &mut Dice::new(9);
        (0..4000).map(|_| mix::worst(dice)).collect()
    };
    let ways = [
        ("wide", Scratch::default(), Some(200_000.0)),
        ("without 512 bits", Scratch::without_wide(), Some(100_000.0)),
        ("any machine", Scratch::portable(), None),
    ];
    for (way, mut scratch, asked) in ways {
        report.begin(&format!("searches, one core, {way}"));
        let (by_processor, by_wall) = rate(&reader, &queries, &mut scratch, ROUNDS);
        let text = format!("{by_processor:.0}/s of processor time, {by_wall:.0}/s by the wall clock");
        match asked {
            Some(asked) => {
                report.verdict(
                    by_processor >= asked,
                    &format!("{way}: {asked:.0} searches/s on one core"),
                    text,
                );
            }
            None => report.line(text),
        }
        let times = each(&reader, &queries, &mut scratch);
        let all = times.text();
        if way == "wide" {
            report.verdict(times.micros(99.0) < 25.0, "p99 under 25 µs", all);
        } else {
            report.line(all);
        }
        let times = each(&reader, &worst, &mut scratch);
        let text = times.text();
        let asked = format!("{way}: worst city (general practice, Paris, 50 km) p99 under 40 µs");
        if way == "wide" {
            report.verdict(times.micros(99.0) < 40.0, &asked, text);
        } else {
            report.line(format!("worst city: {text}"));
        }
        for when in When::ALL {
            let some: Vec<_> =
                mixed.iter().filter(|(of, _)| *of == when).map(|(_, query)| query.clone()).collect();
            let (by_processor, _) = rate(&reader, &some, &mut scratch, 3);
            report.line(format!(
                "{when:?}: {by_processor:.0}/s, {}",
                each(&reader, &some, &mut scratch).text()
            ));
        }
    }
}

/// How much the questions find.
fn describe(reader: &Reader, queries: &[Query<'static>], report: &mut Report) {
    let scratch = &mut Scratch::default();
    let answers: Vec<_> = queries.iter().map(|query| reader.search(query, scratch)).collect();
    let mut totals: Vec<u32> = answers.iter().map(|answer| answer.total).collect();
    totals.sort_unstable();
    let count = totals.len() as f64;
    let at = |percent: f64| totals[(count * percent / 100.0) as usize];
    let mean = totals.iter().map(|total| f64::from(*total)).sum::<f64>() / count;
    let empty = totals.partition_point(|total| *total == 0) as f64 * 100.0 / count;
    let hits = answers.iter().map(|answer| answer.hits.len() as f64).sum::<f64>() / count;
    report.begin("the questions");
    report.line(format!(
        "matches: mean {mean:.0}, p50 {}, p90 {}, p99 {}, most {}; {hits:.1} hits on average; {empty:.0} % find nobody",
        at(50.0),
        at(90.0),
        at(99.0),
        totals.last().copied().unwrap_or_default(),
    ));
}

/// Searches per second of processor time and by the wall clock.
pub(crate) fn rate(
    reader: &Reader,
    queries: &[Query<'static>],
    scratch: &mut Scratch,
    rounds: usize,
) -> (f64, f64) {
    queries.iter().for_each(|query| drop(black_box(reader.search(query, scratch))));
    let watch = Watch::start();
    for _ in 0..rounds {
        queries.iter().for_each(|query| drop(black_box(reader.search(query, scratch))));
    }
    let spent = watch.read();
    let searches = (queries.len() * rounds) as f64;
    (searches / spent.processor.as_secs_f64(), searches / spent.wall.as_secs_f64())
}

/// How long each search takes.
pub(crate) fn each(reader: &Reader, queries: &[Query<'static>], scratch: &mut Scratch) -> Times {
    let times = queries.iter().cycle().take(queries.len() * 3).map(|query| {
        let before = now();
        drop(black_box(reader.search(query, scratch)));
        nanos_since(before)
    });
    Times::new(times.collect())
}
