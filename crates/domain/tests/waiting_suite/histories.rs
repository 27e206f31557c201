//! Invented histories: whatever patients and the practice do, the line stays fair and nobody is forgotten.
//!
//! The oracle is slow and plain: after each turn it asks for every wish that waits whether a free time fits it, and for
//! every offer whether somebody who asked before would have had it.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rendez_domain::availability::Slot;
use rendez_domain::booking::{self, Status};
use rendez_domain::directory::Practitioner;
use rendez_domain::waiting::{self, Given, Hours, Weekdays, Wish, WishStatus};
use rendez_testkit::World;
use rendez_testkit::world::first_visit_type;
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::ids::PatientId;
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::room::{any_time, catch_up, leave, minutes, seen, server};

struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, most: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(most).expect("small")).expect("small")
    }

    fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }
}

struct History {
    world: World,
    practitioner: Practitioner,
    window: TimeRange,
    dice: Dice,
    wishes: Vec<Wish>,
    /// What each wish was offered.
    offered: Vec<(rendez_vocab::ids::WishId, Timestamp)>,
}

/// Whether a time fits a wish, told without any of the module's own code.
fn fits(wish: &Wish, slot: &Slot) -> bool {
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    let (start, end) = (slot.start.to_zoned(zone.clone()), slot.end.to_zoned(zone));
    let minute =
        |at: &jiff::Zoned| u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).expect("small");
    wish.weekdays.contains(start.weekday())
        && start.date() >= wish.first_day
        && start.date() <= wish.last_day
        && minute(&start) >= wish.hours.from_minute()
        && minute(&end) <= wish.hours.until_minute()
}

impl History {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let practitioner = world.practitioner(vec![]).await;
        let mut window: Option<TimeRange> = None;
        for day in 3..6 {
            let open = world.open_day(&practitioner, day, 45).await;
            window = Some(match window {
                None => open,
                Some(before) => TimeRange::new(before.start(), open.end()).expect("in order"),
            });
        }
        let window = window.expect("three days");
        let dice = Dice(SeededEntropy::new(seed));
        Self { world, practitioner, window, dice, wishes: Vec::new(), offered: Vec::new() }
    }

    async fn free(&self) -> Vec<Slot> {
        let visit_type = first_visit_type(&self.practitioner);
        let ctx = server(&self.world);
        booking::slots(&ctx, self.practitioner.id, visit_type, self.window, None).await.expect("slots").slots
    }

    async fn turn(&mut self) {
        match self.dice.below(7) {
            0 | 1 => self.somebody_asks().await,
            2 => self.somebody_books().await,
            3 | 4 => self.somebody_cancels().await,
            5 => self.somebody_says_no().await,
            _ => {
                self.world.let_pass(minutes(20)).await;
                booking::sweep(&server(&self.world)).await.expect("a sweep");
            }
        }
    }

    async fn somebody_asks(&mut self) {
        let patient = self.world.patient().await;
        let mut new = any_time(&self.world, patient, &self.practitioner);
        let days: Vec<Weekday> = Weekdays::ALL.days().filter(|_| self.dice.below(3) > 0).collect();
        new.weekdays = Weekdays::of(&days).unwrap_or(Weekdays::ALL);
        let from = u16::try_from(8 + self.dice.below(3)).expect("small") * 60 + 15;
        new.hours = Hours::new(from, from + 90).expect("hours");
        self.wishes.push(leave(&self.world, new).await.expect("a wish"));
    }

    async fn somebody_books(&mut self) {
        let free = self.free().await;
        if let Some(slot) = self.dice.pick(&free) {
            let patient = self.world.patient().await;
            let _ = self.world.hold(patient, self.world.slot(&self.practitioner, slot.start)).await;
        }
    }

    async fn somebody_cancels(&mut self) {
        let sql = "SELECT id, patient_id FROM appointment WHERE status IN ('held', 'booked') ORDER BY id";
        let rows = self.world.database.connect().await.query(sql, &[]).await.expect("visits");
        if let Some(row) = self.dice.pick(&rows) {
            let ctx = self.world.ctx(Actor::Patient(PatientId::from_uuid(row.get(1))));
            let id = rendez_vocab::ids::AppointmentId::from_uuid(row.get(0));
            let _ = booking::cancel(&ctx, id, None, None).await;
        }
    }

    async fn somebody_says_no(&mut self) {
        if let Some(wish) = self.dice.pick(&self.wishes) {
            let ctx = self.world.ctx(Actor::Patient(wish.patient));
            let _ = waiting::decline(&ctx, wish.id).await;
            if self.dice.below(2) == 0 {
                let _ = waiting::wait_again(&ctx, wish.id, None, |_| Value::Null).await;
            }
        }
    }

    async fn judge(&mut self, given: &[Given], waited: &[Wish]) {
        let free = self.free().await;
        for given in given {
            let held = booking::find(&self.world.admin(), given.appointment).await.expect("a hold");
            assert_eq!(held.status, Status::Held);
            let slot = Slot {
                start: held.range.start(),
                end: held.range.end(),
                location: held.location,
                visit_type: held.visit_type,
            };
            let getter = waited.iter().find(|wish| wish.id == given.wish).expect("who gets it has waited");
            assert!(fits(getter, &slot), "what is offered fits");
            assert!(!self.offered.contains(&(given.wish, slot.start)), "no time twice");
            self.offered.push((given.wish, slot.start));
        }
        for wish in &self.wishes {
            let now = seen(&self.world, wish).await;
            if now.status != WishStatus::Waiting {
                continue;
            }
            for slot in &free {
                let known = self.offered.contains(&(wish.id, slot.start));
                assert!(known || !fits(&now, slot), "{} waits while {} is free", wish.id, slot.start);
            }
            // Whoever waits still: nobody who asked later got what would have fitted.
            for given in given {
                let held = booking::find(&self.world.admin(), given.appointment).await.expect("a hold");
                let getter =
                    waited.iter().find(|other| other.id == given.wish).expect("who gets it has waited");
                let slot = Slot {
                    start: held.range.start(),
                    end: held.range.end(),
                    location: held.location,
                    visit_type: held.visit_type,
                };
                let before = asked_before(&self.world, wish, getter).await;
                let known = self.offered.contains(&(wish.id, slot.start));
                assert!(known || !before || !fits(&now, &slot), "{} was passed over", wish.id);
            }
        }
        self.world.assert_consistent().await;
    }
}

async fn asked_before(world: &World, one: &Wish, other: &Wish) -> bool {
    let sql = "SELECT (SELECT (asked_at, id) FROM wish WHERE id = $1) < (SELECT (asked_at, id) FROM wish WHERE id = $2)";
    let row = world.database.connect().await.query_one(sql, &[&one.id.uuid(), &other.id.uuid()]).await;
    row.expect("two wishes").get(0)
}

async fn play(seed: u64, turns: usize) {
    let mut history = History::new(seed).await;
    for _ in 0..turns {
        history.turn().await;
        if history.dice.below(2) == 0 {
            continue;
        }
        let mut waited = Vec::new();
        for wish in &history.wishes {
            waited.push(seen(&history.world, wish).await);
        }
        let given = catch_up(&history.world).await;
        history.judge(&given, &waited).await;
    }
    assert!(!history.offered.is_empty(), "seed {seed} tells of nobody");
}

#[tokio::test]
async fn the_line_stays_fair_whatever_happens() {
    for seed in [1, 2, 3] {
        play(seed, 40).await;
    }
}
