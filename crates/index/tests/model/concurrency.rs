//! Patients search while everything else happens: bookings, releases, new practitioners, the hour striking, a rebuild.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use rendez_index::{
    Answer, Builder, Circle, Index, Packed, Profile, Query, Scratch, Settings, Span, Starts, Typed,
};
use rendez_vocab::ids::PractitionerId;

use crate::dice::Dice;
use crate::grids::grid;
use crate::worlds::{DAY, Diary, SMALL, practitioner, settings};

/// How many changes the writer makes.
const CHANGES: u64 = 4000;

/// People in three parts: nobody touches the calm, the popular are booked start by start until nothing is left, and
/// the restless change in every way.
struct Stage {
    settings: Settings,
    calm: Vec<Profile>,
    popular: Vec<Popular>,
    restless: Vec<Profile>,
}

/// Somebody who is booked in an order that is known before.
struct Popular {
    profile: Profile,
    order: Vec<Span>,
    /// How many of them are booked; raised after the index has been told.
    booked: AtomicUsize,
}

impl Stage {
    fn new() -> Self {
        let dice = &mut Dice::new(77);
        let settings = settings(dice);
        let calm = (0..60).map(|_| steady(dice, &settings)).collect();
        let popular = (0..20).map(|_| Popular::new(steady(dice, &settings), dice)).collect();
        let restless = (0..80).map(|_| practitioner(dice.roll(), &settings, SMALL)).collect();
        Self { settings, calm, popular, restless }
    }

    fn index(&self) -> Index {
        let mut builder = Builder::new(self.settings.clone());
        let popular = self.popular.iter().map(|popular| &popular.profile);
        for profile in self.calm.iter().chain(&self.restless).chain(popular) {
            builder.add(Packed::new(&self.settings, profile, |_| true));
        }
        builder.finish()
    }

    fn window(&self) -> Span {
        Span::new(self.settings.now, self.settings.now.plus(61 * DAY))
    }
}

impl Popular {
    fn new(profile: Profile, dice: &mut Dice) -> Self {
        let mut order: Vec<Span> = grid(&profile, 0, 0).iter().map(|visit| visit.blocked).collect();
        (1..order.len()).for_each(|last| order.swap(last, dice.below(last as u64 + 1) as usize));
        Self { profile, order, booked: AtomicUsize::new(0) }
    }
}

/// Somebody in Paris whose first start is a month away, so that an hour more or less changes nothing.
fn steady(dice: &mut Dice, settings: &Settings) -> Profile {
    loop {
        let mut profile = practitioner(dice.roll(), settings, SMALL);
        profile.places.truncate(1);
        let (Some(place), Some(visit_type)) = (profile.places.first_mut(), profile.visit_types.first_mut())
        else {
            continue;
        };
        let month = settings.now.plus(30 * DAY);
        place.shifts.retain(|shift| shift.anchor > month);
        place.position = Some((48.85, 2.35));
        visit_type.max_horizon_days = 90;
        profile.visit_types.truncate(1);
        if !grid(&profile, 0, 0).is_empty() {
            return profile;
        }
    }
}

#[test]
fn searches_stay_right_while_everything_changes() {
    let stage = Stage::new();
    let index = stage.index();
    let over = AtomicBool::new(false);
    let searches = AtomicU64::new(0);
    thread::scope(|scope| {
        for seed in 0..2 {
            let (stage, index, over, searches) = (&stage, &index, &over, &searches);
            scope.spawn(move || {
                let (dice, scratch) = (&mut Dice::new(seed), &mut Scratch::default());
                while !over.load(Ordering::Acquire) || searches.load(Ordering::Relaxed) == 0 {
                    search_once(stage, index, dice, scratch);
                    read_all_pages(stage, index, scratch);
                    searches.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Whatever becomes of the writer, the readers must end.
        let writer = scope.spawn(|| make_changes(&stage, &index));
        let written = writer.join();
        over.store(true, Ordering::Release);
        if let Err(panic) = written {
            std::panic::resume_unwind(panic);
        }
    });
    assert!(searches.load(Ordering::Relaxed) > 0);
}

fn make_changes(stage: &Stage, index: &Index) {
    let dice = &mut Dice::new(4711);
    let mut now = stage.settings.now;
    for _ in 0..CHANGES {
        let profile = &stage.restless[dice.below(stage.restless.len() as u64) as usize];
        let id = profile.practitioner;
        let range = crate::worlds::range(dice, &[now.plus(5 * DAY), now.plus(DAY / 3)], now);
        let diary = Diary::new(dice);
        match dice.below(100) {
            0..=39 => book_next(stage, index, dice),
            40..=59 => drop(index.take(id, range)),
            60..=74 => drop(index.refresh(id, range, None, |visit| diary.is_free(visit))),
            75..=89 => {
                let fresh = practitioner(dice.roll(), &stage.settings, SMALL);
                let card = id.uuid().as_bytes().to_vec();
                let moved = Profile { practitioner: id, card, ..fresh };
                index.put(Packed::new(&index.settings(), &moved, |visit| diary.is_free(visit)), None);
            }
            90..=95 => drop(index.remove(id)),
            96..=97 => index.rebuild(),
            _ => {
                now = now.plus(300);
                index.advance(now);
            }
        }
    }
}

fn book_next(stage: &Stage, index: &Index, dice: &mut Dice) {
    let popular = &stage.popular[dice.below(stage.popular.len() as u64) as usize];
    let no = popular.booked.load(Ordering::Relaxed);
    if let Some(range) = popular.order.get(no) {
        index.take(popular.profile.practitioner, *range);
        popular.booked.store(no + 1, Ordering::Release);
    }
}

/// One search for everybody, or for some; what was booked before it began is not in its answer.
fn search_once(stage: &Stage, index: &Index, dice: &mut Dice, scratch: &mut Scratch) {
    let booked: Vec<usize> =
        stage.popular.iter().map(|popular| popular.booked.load(Ordering::Acquire)).collect();
    let mut query = Query::in_window(stage.window());
    query.limit = 200;
    if dice.percent(50) {
        query.near = Some(Circle { latitude: 48.85, longitude: 2.35, radius_km: 30.0 });
    }
    let reader = index.reader();
    let people = reader.people("garcia");
    if dice.percent(20) {
        query.typed = Some(Typed { specialties: vec![0, 1], people: &people });
    }
    let answer = reader.search(&query, scratch);
    expect_sound(&answer);
    for hit in &answer.hits {
        assert!(
            reader.card(hit.person).starts_with(hit.practitioner.uuid().as_bytes()),
            "somebody else's card"
        );
    }
    let shown: HashMap<PractitionerId, &Starts> =
        answer.hits.iter().map(|hit| (hit.practitioner, &hit.starts)).collect();
    for (popular, booked) in stage.popular.iter().zip(booked) {
        let Some(starts) = shown.get(&popular.profile.practitioner) else { continue };
        let gone: HashSet<Span> = popular.order[..booked].iter().copied().collect();
        for start in starts.iter() {
            let blocked = popular.profile.visit_types[0].blocked(*start);
            assert!(!gone.contains(&blocked), "{start:?} was booked before the search began");
        }
    }
    if query.typed.is_none() {
        for profile in &stage.calm {
            assert!(shown.contains_key(&profile.practitioner), "{} was not found", profile.practitioner);
        }
    }
}

/// All pages of an answer, each from the index as it then is: whoever is calm is on one of them, once.
fn read_all_pages(stage: &Stage, index: &Index, scratch: &mut Scratch) {
    let mut query = Query::in_window(stage.window());
    query.near = Some(Circle { latitude: 48.85, longitude: 2.35, radius_km: 30.0 });
    query.limit = 7;
    let mut times: HashMap<PractitionerId, usize> = HashMap::new();
    loop {
        let answer = index.reader().search(&query, scratch);
        expect_sound(&answer);
        answer.hits.iter().for_each(|hit| *times.entry(hit.practitioner).or_insert(0) += 1);
        query.after = answer.next;
        if answer.next.is_none() {
            break;
        }
    }
    for profile in &stage.calm {
        assert_eq!(times.get(&profile.practitioner), Some(&1), "{} is on one page", profile.practitioner);
    }
}

/// What holds of every answer, whatever happens beside it.
fn expect_sound(answer: &Answer) {
    let mut seen = HashSet::new();
    for hit in &answer.hits {
        assert!(seen.insert(hit.practitioner), "{} is there twice", hit.practitioner);
        assert!((1..=3).contains(&hit.starts.len()) && hit.starts.is_sorted(), "starts of {hit:?}");
    }
    let order: Vec<_> = answer.hits.iter().map(|hit| (hit.score, hit.practitioner)).collect();
    assert!(order.is_sorted(), "out of order: {order:?}");
}
