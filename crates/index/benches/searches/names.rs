//! Names as people type them: with slips, cut short, without accents; how fast they are found, and how surely.

use std::hint::black_box;

use rendez_index::{Circle, Query, Reader, Scratch, Typed, text};
use rendez_vocab::ids::PractitionerId;

use crate::clock::{Times, Watch, nanos_since, now};
use crate::country::dice::Dice;
use crate::country::{Country, Resident};
use crate::made::Made;
use crate::mix;
use crate::report::Report;

const QUESTIONS: usize = 12_000;
/// How far from the practitioner somebody may look for them, in kilometres.
const RADIUS: f64 = 100.0;

/// A name as it was typed, and who was meant.
struct Question {
    typed: String,
    query: Query<'static>,
    meant: PractitionerId,
    slips: u64,
    /// Two words with at least twelve letters.
    is_long: bool,
}

pub(crate) fn measure(made: &Made, report: &mut Report) {
    let (reader, scratch) = (made.index.reader(), &mut Scratch::default());
    let dice = &mut Dice::new(3);
    let mut questions = Vec::new();
    while questions.len() < QUESTIONS {
        let resident = made.country.resident(dice.below(made.country.practitioners));
        if is_free(&reader, &resident, scratch) {
            questions.push(Question::new(dice, &resident));
        }
    }
    report.begin("names, one core");
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for question in &questions {
        let before = now();
        let is_found = ask(&reader, question, scratch);
        times.push(nanos_since(before));
        found.push(is_found);
    }
    let watch = Watch::start();
    for question in &questions {
        black_box(ask(&reader, question, scratch));
    }
    let spent = watch.read();
    let count = questions.len() as f64;
    report.verdict(
        count / spent.processor.as_secs_f64() > 20_000.0,
        "names with slips, people found, ranked and their times read: 20,000/s",
        format!(
            "{:.0}/s of processor time, {:.0}/s by the wall clock",
            count / spent.processor.as_secs_f64(),
            count / spent.wall.as_secs_f64()
        ),
    );
    let times = Times::new(times);
    report.verdict(times.micros(99.0) < 1000.0, "names p99 under 1 ms", times.text());
    let watch = Watch::start();
    questions.iter().for_each(|question| drop(black_box(reader.people(&question.typed))));
    report.line(format!("the text alone: {:.0}/s", count / watch.read().processor.as_secs_f64()));

    for (slips, asked) in [(0, 97.0), (1, 90.0), (2, 60.0)] {
        let share = |is_counted: &dyn Fn(&Question) -> bool| {
            let counted = questions
                .iter()
                .zip(&found)
                .filter(|(question, _)| question.slips == slips && is_counted(question));
            let (of, hits) =
                counted.fold((0, 0), |(of, hits), (_, found)| (of + 1, hits + u32::from(*found)));
            (f64::from(hits) * 100.0 / f64::from(of.max(1)), of)
        };
        let (long, of) = share(&|question| question.is_long);
        let (all, _) = share(&|_| true);
        report.verdict(
            long >= asked,
            &format!("{slips} typing errors, two words of twelve letters: {asked} % among the first 20"),
            format!("{long:.1} % of {of}; of all, however short, {all:.1} %"),
        );
    }
}

fn ask(reader: &Reader, question: &Question, scratch: &mut Scratch) -> bool {
    let people = reader.people(&question.typed);
    let typed = Typed { specialties: Vec::new(), people: &people };
    let answer = reader.search(&Query { typed: Some(typed), ..question.query.clone() }, scratch);
    answer.hits.iter().any(|hit| hit.practitioner == question.meant)
}

/// Whether somebody has any time left: nobody else can be found.
fn is_free(reader: &Reader, resident: &Resident, scratch: &mut Scratch) -> bool {
    let near = resident.profile.places[0].position.map(|(latitude, longitude)| Circle {
        latitude,
        longitude,
        radius_km: 0.2,
    });
    let specialty = resident.profile.specialty;
    let query = Query { specialty, near, limit: 255, ..mix::two_months(Country::now()) };
    let answer = reader.search(&query, scratch);
    answer.hits.iter().any(|hit| hit.practitioner == resident.profile.practitioner)
}

impl Question {
    fn new(dice: &mut Dice, resident: &Resident) -> Self {
        let two_words = dice.percent(50);
        let name = &resident.name;
        let mut typed = match (two_words, dice.percent(30)) {
            (true, true) => format!("{} {}", name.family, name.given),
            (true, false) => format!("{} {}", name.given, name.family),
            (false, _) => name.family.clone(),
        };
        if dice.percent(80) {
            typed = text::fold(&typed);
        }
        let mut letters: Vec<char> = typed.chars().collect();
        if dice.percent(60) {
            let last_word = letters.iter().rposition(|letter| *letter == ' ').map_or(0, |blank| blank + 1);
            let shortest = (last_word + 2).min(letters.len());
            letters.truncate(dice.between(shortest as i64, letters.len() as i64) as usize);
        }
        let slips = if dice.percent(30) { 1 + dice.below(2) } else { 0 };
        (0..slips).for_each(|_| slip(dice, &mut letters));
        let is_long = two_words && letters.len() > 12;
        let near = resident.profile.places[0].position.map(|position| around(dice, position));
        Self {
            typed: letters.into_iter().collect(),
            query: Query { near, ..mix::two_months(Country::now()) },
            meant: resident.profile.practitioner,
            slips,
            is_long,
        }
    }
}

fn around(dice: &mut Dice, (latitude, longitude): (f64, f64)) -> Circle {
    let mut beside = |degrees: f64| degrees + dice.part() * 0.3 - 0.15;
    Circle { latitude: beside(latitude), longitude: beside(longitude), radius_km: RADIUS }
}

/// A wrong letter, one too many, one too few, or two the wrong way round; seldom the first one.
fn slip(dice: &mut Dice, letters: &mut Vec<char>) {
    let first = usize::from(!dice.percent(5));
    if letters.len() < first + 2 {
        return;
    }
    let at = first + dice.below((letters.len() - first) as u64) as usize;
    let letter = char::from(b'a' + dice.below(26) as u8);
    match dice.below(4) {
        0 => letters[at] = letter,
        1 => letters.insert(at, letter),
        2 => drop(letters.remove(at)),
        _ => {
            let with = if at + 1 < letters.len() { at + 1 } else { at - 1 };
            letters.swap(at, with);
        }
    }
}
