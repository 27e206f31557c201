//! What ten times as large a country costs: searches are compared that find about as many people.

use rendez_index::{Query, Scratch};

use crate::clock::Watch;
use crate::country::Country;
use crate::made::Made;
use crate::mix;
use crate::report::Report;

const QUESTIONS: usize = 30_000;
const ROUNDS: u32 = 5;
/// At least so many questions, or a mean says nothing.
const ENOUGH: usize = 200;
/// Each class finds up to four times as many as the one before.
const CLASSES: usize = 10;

/// Questions that find about as many, with what each costs.
struct Class {
    questions: usize,
    matches: f64,
    nanos: f64,
}

pub(crate) fn measure(made: &Made, report: &mut Report) {
    let small = Made::new(Country::new(crate::SEED, made.country.practitioners / 10));
    report.begin(&format!(
        "growth from {} to {} practitioners",
        small.country.practitioners, made.country.practitioners
    ));
    let mut worst = 0.0f64;
    for (no, (before, after)) in classes(&small).iter().zip(&classes(made)).enumerate() {
        if before.questions < ENOUGH || after.questions < ENOUGH {
            continue;
        }
        let name = match no {
            0 => "nobody".to_owned(),
            _ => format!("{} to {}", 4u32.pow(no as u32 - 1), 4u32.pow(no as u32) - 1),
        };
        let ratio = after.nanos / before.nanos;
        worst = worst.max(ratio);
        report.line(format!(
            "{name} found: {:.2} µs ({} questions, {:.1} found) → {:.2} µs ({} questions, {:.1} found): × {ratio:.2}",
            before.nanos / 1e3,
            before.questions,
            before.matches,
            after.nanos / 1e3,
            after.questions,
            after.matches,
        ));
    }
    report.verdict(
        worst < 3.0,
        "in a country ten times as large an equal answer costs less than three times as much",
        format!("× {worst:.2} at most; a scan of everybody would cost × 10"),
    );
}

/// The questions by how many they find.
fn classes(made: &Made) -> Vec<Class> {
    let (reader, scratch) = (made.index.reader(), &mut Scratch::default());
    let mut sorted: [Vec<(Query<'static>, u32)>; CLASSES] = Default::default();
    for (_, query) in mix::questions(&made.country, 5, QUESTIONS) {
        let total = reader.search(&query, scratch).total;
        let class = total.checked_ilog(4).map_or(0, |power| power as usize + 1).min(CLASSES - 1);
        sorted[class].push((query, total));
    }
    let classes = sorted.iter().map(|questions| {
        let watch = Watch::start();
        for _ in 0..ROUNDS {
            for (query, _) in questions {
                std::hint::black_box(reader.search(query, scratch));
            }
        }
        let count = questions.len().max(1) as f64;
        let nanos = watch.read().processor.as_nanos() as f64 / f64::from(ROUNDS) / count;
        let matches = questions.iter().map(|(_, total)| f64::from(*total)).sum::<f64>() / count;
        Class { questions: questions.len(), matches, nanos }
    });
    classes.collect()
}
