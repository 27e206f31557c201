//! Random questions, of every form that a caller may send, many of them at the edge of something.

use rendez_index::{Circle, Cursor, Hours, Moment, Query, Span, SpecialtyNo, Weekdays};
use rendez_vocab::ids::PractitionerId;

use crate::dice::Dice;
use crate::slow::{Meant, Slow};
use crate::worlds::{DAY, LANGUAGES, NAMES, NEW_LANGUAGE, SECTORS, SPECIALTIES, position, uuid};

/// How far ahead a question may reach.
const REACH: u32 = 62 * DAY;

/// A question with what was typed still as text.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) query: Query<'static>,
    pub(crate) typed: Option<TypedWords>,
}

/// What was typed, as far as it was understood.
#[derive(Debug, Clone)]
pub(crate) struct TypedWords {
    pub(crate) specialties: Vec<SpecialtyNo>,
    /// A word of [`NAMES`], whole, cut, or with one wrong letter; or nothing.
    pub(crate) name: String,
    /// The place in [`NAMES`] of the word that is meant, and the slips.
    meant: Option<(usize, u8)>,
}

impl Question {
    /// A question about these people.
    pub(crate) fn ask(seed: u64, slow: &Slow) -> Self {
        let dice = &mut Dice::new(seed);
        let people = slow.practitioners();
        let someone = (!people.is_empty()).then(|| dice.pick(&people));
        let starts = someone.map(|id| slow.free_starts(id)).unwrap_or_default();
        let mut query = Query::in_window(window(dice, slow.now(), &starts));
        query.limit = dice.pick(&[1, 2, 3, 5, 10, 20, 20, 50, 100]);
        query.near = dice.percent(60).then(|| circle(dice, slow, someone));
        query.specialty = dice.percent(30).then(|| dice.below(u64::from(SPECIALTIES)) as SpecialtyNo);
        query.visit_minutes = dice
            .percent(40)
            .then(|| dice.pick(&[0, 1, 5, 15, 15, 20, 30, 30, 31, 44, 45, 46, 59, 60, 60, 61, 90, 600]));
        // A question with every wish at once finds nobody.
        let (is_picky, is_timely) = (dice.percent(50), dice.percent(50));
        if is_picky {
            query.language = dice.percent(25).then(|| dice.below(u64::from(LANGUAGES)) as u8);
            query.language = query.language.or(dice.percent(2).then_some(NEW_LANGUAGE));
            query.sector = dice.percent(25).then(|| dice.below(u64::from(SECTORS)) as u8);
            query.telehealth = dice.percent(40).then(|| dice.percent(60));
            query.new_patients = dice.percent(50).then(|| dice.percent(80));
        }
        if is_timely {
            let days = dice.percent(40).then(|| dice.pick(&[0x20, 0x60, 0x1f, 0x01, 0x40, 0x55, 0x00]));
            query.days = days.map_or(Weekdays::ALL, Weekdays);
            query.hours = dice.percent(40).then(|| hours(dice));
        }
        let typed = dice.percent(20).then(|| TypedWords::new(dice));
        let after = dice.percent(10).then(|| cursor(dice, &query, slow));
        Self { query: Query { after, ..query }, typed }
    }

    /// What the typed words mean among these people.
    pub(crate) fn meant(&self, slow: &Slow) -> Option<Meant> {
        let typed = self.typed.as_ref()?;
        let people = typed.meant.map(|(word, slips)| {
            let bears = |id: &PractitionerId| {
                slow.profile(*id)
                    .is_some_and(|profile| profile.names.split(' ').any(|name| name == NAMES[word]))
            };
            slow.practitioners().into_iter().filter(bears).map(|id| (id, slips)).collect()
        });
        Some(Meant { specialties: typed.specialties.clone(), people: people.unwrap_or_default() })
    }
}

impl TypedWords {
    fn new(dice: &mut Dice) -> Self {
        let specialties = match dice.below(3) {
            0 => vec![],
            1 => vec![dice.below(u64::from(SPECIALTIES)) as SpecialtyNo],
            _ => vec![0, 3],
        };
        if dice.percent(25) {
            return Self { specialties, name: String::new(), meant: None };
        }
        let no = dice.below(NAMES.len() as u64) as usize;
        let word = NAMES[no];
        let (name, slips) = match dice.below(3) {
            0 => (word.to_owned(), 0),
            1 => (word[..4].to_owned(), 0),
            _ => (wrong(dice, word), 1),
        };
        Self { specialties, name, meant: Some((no, slips)) }
    }
}

/// The word with one letter replaced by one that no name has.
fn wrong(dice: &mut Dice, word: &str) -> String {
    let at = dice.between(1, word.len() as i64 - 2) as usize;
    format!("{}q{}", &word[..at], &word[at + 1..])
}

fn window(dice: &mut Dice, now: Moment, starts: &[Moment]) -> Span {
    let last = now.plus(REACH);
    let moment = |dice: &mut Dice| match dice.below(3) {
        0 if !starts.is_empty() => dice.pick(starts).plus(dice.below(2) as u32),
        1 => now.plus(dice.below(u64::from(REACH)) as u32),
        _ => now.plus(dice.below(3) as u32 * DAY),
    };
    let start = match dice.below(10) {
        0 => Moment::MIN,
        1 => now.minus(dice.below(u64::from(DAY)) as u32),
        2..=5 => now,
        _ => moment(dice),
    };
    let end = match dice.below(4) {
        0 => moment(dice),
        1 => start.max(now).plus(dice.pick(&[1, 4, 14, 28]) * DAY),
        2 => start.max(now).plus(dice.below(u64::from(2 * DAY)) as u32),
        _ => last,
    };
    Span::new(start.min(last), end.min(last))
}

fn circle(dice: &mut Dice, slow: &Slow, someone: Option<PractitionerId>) -> Circle {
    let places = someone.and_then(|id| slow.profile(id)).map(|profile| profile.places.as_slice());
    let known = places.and_then(|places| places.first()?.position).filter(|_| dice.percent(50));
    let (latitude, longitude) = known.unwrap_or_else(|| position(dice));
    let radius_km = dice.pick(&[0.001, 0.4, 5.0, 10.0, 30.0, 50.0, 499.9, 3000.0, 12_742.1, 20_000.0]);
    Circle { latitude, longitude, radius_km }
}

fn hours(dice: &mut Dice) -> Hours {
    const NOON: u32 = 43_200;
    const EVENING: u32 = 64_800;
    match dice.below(8) {
        0 => Hours { from: EVENING, until: DAY },
        1 => Hours { from: EVENING, until: 75_600 },
        2 => Hours { from: 0, until: NOON },
        3 => Hours { from: NOON, until: EVENING },
        4 => Hours { from: 0, until: DAY },
        5 => Hours { from: NOON, until: DAY },
        _ => Hours { from: dice.below(u64::from(DAY)) as u32, until: dice.below(u64::from(DAY) + 1) as u32 },
    }
}

/// A place in the order that may be anywhere, or just where somebody is.
fn cursor(dice: &mut Dice, query: &Query<'_>, slow: &Slow) -> Cursor {
    let reference = slow.now().max(query.window.start).minus(dice.pick(&[0, 0, 60, 5000]));
    let practitioner = PractitionerId::from_uuid(uuid(dice));
    let anywhere = Cursor { reference, score: dice.below(120_000) as u32, practitioner };
    let all = slow.search(&Query { limit: u8::MAX, after: None, ..query.clone() }, None);
    match all.hits.is_empty() || dice.percent(30) {
        true => anywhere,
        false => {
            let hit = &all.hits[dice.below(all.hits.len() as u64) as usize];
            Cursor { score: hit.score, practitioner: hit.practitioner, ..anywhere }
        }
    }
}
