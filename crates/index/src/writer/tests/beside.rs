//! A file is written, or everything arranged anew, while changes go on.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Change, World, change};
use crate::index::{Applied, Index};
use crate::moment::{Moment, Span};
use crate::query::Query;
use crate::worlds::{NOON, busy, everyday, id, profile, settings};
use crate::{Builder, Packed, Scratch};

const PEOPLE: u32 = 2_000;
const DAY: u32 = 86_400;

fn somebody(number: u32, card: u8) -> Packed {
    let mut profile = everyday(number, 1);
    profile.card = vec![card; 1_000];
    Packed::new(&settings(NOON), &profile, |_| true)
}

fn index(card: u8) -> Index {
    let mut builder = Builder::new(settings(NOON));
    (0..PEOPLE).for_each(|number| builder.add(somebody(number, card)));
    builder.finish()
}

/// Changes by number; made once more in the same order, they come to the same.
fn make(index: &Index, step: u32) {
    let number = step.wrapping_mul(7_919) % (PEOPLE + 200);
    let start = NOON.plus(DAY * (step % 35) + 1800 * (step % 5));
    let range = Span::new(start, start.plus(DAY));
    match step % 9 {
        0..=2 => drop(index.take(id(number), range)),
        3..=4 => drop(index.refresh(id(number), range, None, |visit| visit.start.seconds() % 7 < 4)),
        5 => drop(index.remove(id(number))),
        6 => index.advance(NOON.plus(60 * step)),
        _ => {
            let mut profile = everyday(number, (step % 3) as u16);
            profile.languages = vec![(step % 5) as u8];
            profile.names = format!("anna step{step}");
            profile.visit_types[0].telehealth = step.is_multiple_of(2);
            let packed = Packed::new(&index.settings(), &profile, |visit| visit.start.seconds() % 11 < 8);
            assert_eq!(index.put(packed, None), Applied::Done);
        }
    }
}

fn assert_equal(one: &Index, other: &Index) {
    let everybody = |index: &Index| {
        let mut everybody = index.practitioners();
        everybody.sort_unstable();
        everybody
    };
    assert!(everybody(one) == everybody(other), "not the same people");
    for id in everybody(one) {
        assert_eq!(one.digest(id), other.digest(id));
    }
    let now = one.settings().now;
    assert_eq!(other.settings().now, now);
    for (telehealth, language) in [(None, None), (Some(true), None), (None, Some(3))] {
        let window = Span::new(now, now.plus(60 * DAY));
        let query = Query { telehealth, language, limit: 200, ..Query::in_window(window) };
        let found = |index: &Index| {
            let answer = index.reader().search(&query, &mut Scratch::default());
            let hits: Vec<_> =
                answer.hits.into_iter().map(|hit| (hit.practitioner, hit.score, hit.starts)).collect();
            (answer.total, hits, index.reader().people("anna").len())
        };
        assert!(found(one) == found(other), "not the same answer for {telehealth:?} {language:?}");
    }
}

/// Says that it is over, whatever becomes of the test.
struct Over<'o>(&'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A file that tells before each piece that it was reached, and waits until it may go on.
struct SlowFile {
    written: Vec<u8>,
    reached: SyncSender<()>,
    go_on: Receiver<()>,
}

impl Write for SlowFile {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.reached.send(()).map_err(io::Error::other)?;
        self.go_on.recv().map_err(io::Error::other)?;
        self.written.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn while_the_disk_is_waited_for_changes_go_on_and_made_again_they_complete_the_file() {
    let index = &index(1);
    let ((reached, is_reached), (may_go_on, go_on)) = (sync_channel(0), sync_channel(0));
    let mut file = SlowFile { written: Vec::new(), reached, go_on };
    let (file, steps) = thread::scope(move |scope| {
        let writing = scope.spawn(move || index.write_to(&mut file, b"before").map(|()| file.written));
        let mut steps = 0;
        while is_reached.recv().is_ok() {
            (steps..steps + 100).for_each(|step| make(index, step));
            steps += 100;
            if steps == 400 {
                index.rebuild();
            }
            assert!(index.size().practitioners > 0);
            may_go_on.send(()).expect("it waits");
        }
        (writing.join().expect("it ended").expect("the file takes everything"), steps)
    });
    assert!(steps >= 500, "the file has many pieces");
    let (copy, note) = Index::read_from(&mut file.as_slice()).expect("what was written");
    assert_eq!(note, b"before");
    (0..steps).for_each(|step| make(&copy, step));
    assert_equal(index, &copy);
}

#[test]
fn changes_go_on_while_records_are_copied_and_none_is_lost() {
    let (arranged, quiet) = (index(1), index(2));
    (0..PEOPLE).for_each(|number| assert_eq!(arranged.put(somebody(number, 2), None), Applied::Done));
    assert!(arranged.wants_rebuild(), "many cards are garbage");
    let arena = |index: &Index| Arc::as_ptr(&index.reader().core().arena);
    let first = arena(&arranged);
    let over = AtomicBool::new(false);
    let steps = thread::scope(|scope| {
        scope.spawn(|| {
            let _over = Over(&over);
            arranged.rebuild();
        });
        let mut steps = 0;
        while !over.load(Ordering::Acquire) {
            make(&arranged, steps);
            steps += 1;
        }
        steps
    });
    assert!(steps > 20, "only {steps} changes were made beside it");
    assert_ne!(arena(&arranged), first);
    (0..steps).for_each(|step| make(&quiet, step));
    assert_equal(&arranged, &quiet);
    (steps..steps + 300).for_each(|step| [&arranged, &quiet].into_iter().for_each(|index| make(index, step)));
    assert_equal(&arranged, &quiet);
}

#[test]
fn whoever_needs_room_waits_for_it_and_others_do_not() {
    let arranged = Builder::new(settings(NOON)).finish();
    let packed = |number: u32, language| {
        let mut profile = everyday(number, (number % 4) as u16);
        profile.languages = vec![language];
        Packed::new(&settings(NOON), &profile, |_| true)
    };
    thread::scope(|scope| {
        for part in 0..2 {
            let (arranged, packed) = (&arranged, &packed);
            scope.spawn(move || {
                for number in (0..5_000).filter(|number| number % 2 == part) {
                    // Now and then somebody speaks what nobody spoke before.
                    let language = (number / 100) as u8;
                    assert_eq!(arranged.put(packed(number, language), Some(None)), Applied::Done);
                    assert_eq!(arranged.put(packed(number, language), Some(None)), Applied::Overtaken);
                }
            });
        }
    });
    assert_eq!(arranged.size().practitioners, 5_000);
    for number in 0..5_000 {
        assert_eq!(arranged.digest(id(number)), Some(packed(number, (number / 100) as u8).digest()));
    }
    let window = Span::new(NOON, Moment::NEVER);
    for language in 0..50 {
        let query = Query { language: Some(language), ..Query::in_window(window) };
        assert_eq!(arranged.reader().search(&query, &mut Scratch::default()).total, 100);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn arranged_anew_beside_any_changes_everything_is_as_if_packed_anew(
        people in vec((profile(), busy()), 0..12), changes in vec(change(), 100..200),
    ) {
        let mut world = World::new(people);
        let (index, over) = (world.index.clone(), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| while !over.load(Ordering::Acquire) { index.rebuild() });
            let changes = changes.into_iter().filter(|change| !matches!(change, Change::Reload | Change::Rebuild));
            let _over = Over(&over);
            changes.for_each(|change| world.apply(change));
        });
        world.check();
    }
}
