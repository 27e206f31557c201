//! A visit's states: every step that is allowed, and every one that is not.

use jiff::SignedDuration;
use rendez_domain::booking::{self, Appointment, BookingRefusal, Outcome, Status};
use rendez_domain::directory::Practitioner;
use rendez_testkit::World;
use rendez_vocab::ids::AppointmentId;
use rendez_vocab::{Actor, TimeRange};

const COMMANDS: [&str; 5] = ["confirm", "cancel", "arrived", "fulfilled", "no-show"];

async fn command(world: &World, name: &str, id: AppointmentId) -> Result<Appointment, BookingRefusal> {
    let ctx = world.admin();
    match name {
        "confirm" => booking::confirm(&ctx, id, None, None).await,
        "cancel" => booking::cancel(&ctx, id, None, None).await,
        "arrived" => booking::settle(&ctx, id, None, Outcome::Arrived).await,
        "fulfilled" => booking::settle(&ctx, id, None, Outcome::Fulfilled).await,
        _ => booking::settle(&ctx, id, None, Outcome::NoShow).await,
    }
}

fn word(answer: Result<Appointment, BookingRefusal>) -> String {
    match answer {
        Ok(appointment) => appointment.status.as_str().into(),
        Err(BookingRefusal::WrongStatus) => "wrong".into(),
        Err(BookingRefusal::AlreadyConfirmed) => "confirmed".into(),
        Err(BookingRefusal::Already(_)) => "already".into(),
        Err(BookingRefusal::HoldExpired) => "too-late".into(),
        Err(BookingRefusal::NotStarted) => "too-early".into(),
        Err(other) => format!("{other:?}"),
    }
}

/// What leads from a booked visit to a state; a hold is only ever made, and expires by itself.
fn way_to(status: Status) -> &'static [&'static str] {
    match status {
        Status::Held | Status::Booked | Status::Expired => &[],
        Status::Arrived => &["arrived"],
        Status::Fulfilled => &["fulfilled"],
        Status::NoShow => &["no-show"],
        Status::Cancelled => &["cancel"],
    }
}

/// A row of visits for each state, held or booked so far, one for each command.
async fn rows(world: &World, practitioner: &Practitioner, day: TimeRange, statuses: &[Status]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = day.start();
    for status in statuses {
        let mut row = Vec::new();
        for _ in COMMANDS {
            let (patient, slot) = (world.patient().await, world.slot(practitioner, start));
            row.push(match status {
                Status::Held | Status::Expired => world.hold(patient, slot).await.expect("free").id,
                _ => world.book(patient, slot).await.id,
            });
            start += SignedDuration::from_mins(15);
        }
        rows.push((*status, row));
    }
    rows
}

type Row = (Status, Vec<AppointmentId>);

/// Goes the rest of the way.
async fn bring_there(world: &World, rows: &[Row]) {
    for (status, row) in rows {
        for id in row {
            for step in way_to(*status) {
                command(world, step, *id).await.expect("an allowed step");
            }
        }
    }
}

async fn assert_table(world: &World, rows: Vec<Row>, table: &[(Status, [&str; 5])]) {
    for (status, row) in rows {
        let (_, expected) = table.iter().find(|(row, _)| *row == status).expect("a row for each state");
        for ((name, id), expected) in COMMANDS.iter().zip(row).zip(expected) {
            let before = booking::find(&world.admin(), id).await.expect("it is there");
            assert_eq!(before.status, status);
            let said = word(command(world, name, id).await);
            assert_eq!(said, *expected, "{name} of a visit that is {}", status.as_str());
            let after = booking::find(&world.admin(), id).await.expect("it is there");
            let changed = Status::named(&said).is_some();
            assert_eq!(
                after.version,
                before.version + i64::from(changed),
                "only what is done raises the version"
            );
        }
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn days_before_the_visit() {
    use Status::{Booked, Cancelled, Expired, Held};
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 15 * 20).await;
    let mut all = rows(&world, &practitioner, day, &[Expired]).await;
    world.let_pass(SignedDuration::from_mins(31)).await;
    assert_eq!(booking::expire_due(&world.admin()).await.expect("an admin may").len(), 5);
    let rest =
        TimeRange::new(day.start() + SignedDuration::from_mins(75), day.end()).expect("the rest of the day");
    all.extend(rows(&world, &practitioner, rest, &[Held, Booked, Cancelled]).await);
    bring_there(&world, &all).await;
    let table = [
        // state     confirm      cancel       arrived      fulfilled    no-show
        (Held, ["booked", "cancelled", "wrong", "wrong", "wrong"]),
        (Booked, ["confirmed", "cancelled", "too-early", "too-early", "too-early"]),
        (Cancelled, ["wrong", "already", "wrong", "wrong", "wrong"]),
        (Expired, ["too-late", "too-late", "too-late", "too-late", "too-late"]),
    ];
    assert_table(&world, all, &table).await;
}

#[tokio::test]
async fn on_the_morning_of_the_visit() {
    use Status::{Arrived, Booked, Cancelled, Fulfilled};
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 15 * 20).await;
    let all = rows(&world, &practitioner, day, &[Booked, Arrived, Fulfilled, Cancelled]).await;
    world.stop_clock_at(day.start() - SignedDuration::from_mins(30)).await;
    bring_there(&world, &all).await;
    let table = [
        // state     confirm      cancel       arrived      fulfilled    no-show
        (Booked, ["confirmed", "cancelled", "arrived", "fulfilled", "too-early"]),
        (Arrived, ["confirmed", "wrong", "already", "fulfilled", "wrong"]),
        (Fulfilled, ["confirmed", "wrong", "wrong", "already", "wrong"]),
        (Cancelled, ["wrong", "already", "wrong", "wrong", "wrong"]),
    ];
    assert_table(&world, all, &table).await;
}

#[tokio::test]
async fn after_it_has_begun() {
    use Status::{Arrived, Booked, Cancelled, Fulfilled, Held, NoShow};
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 15 * 30).await;
    let all = rows(&world, &practitioner, day, &[Held, Booked, Arrived, Fulfilled, Cancelled, NoShow]).await;
    world.let_pass(SignedDuration::from_hours(4 * 24)).await;
    bring_there(&world, &all).await;
    let table = [
        // state     confirm      cancel       arrived      fulfilled    no-show
        // A hold that nobody swept is past its deadline all the same.
        (Held, ["too-late", "too-late", "too-late", "too-late", "too-late"]),
        // The desk may still cancel a visit that has begun.
        (Booked, ["confirmed", "cancelled", "arrived", "fulfilled", "no-show"]),
        (Arrived, ["confirmed", "wrong", "already", "fulfilled", "wrong"]),
        (Fulfilled, ["confirmed", "wrong", "wrong", "already", "wrong"]),
        (Cancelled, ["wrong", "already", "wrong", "wrong", "wrong"]),
        (NoShow, ["confirmed", "wrong", "wrong", "wrong", "already"]),
    ];
    assert_table(&world, all, &table).await;
}

#[tokio::test]
async fn a_patient_neither_cancels_nor_moves_a_visit_that_has_begun_nor_says_what_became_of_it() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let later = world.open_day(&practitioner, 10, 30).await;
    let ana = world.patient().await;
    let booked = world.book(ana, world.slot(&practitioner, day.start())).await;
    let ctx = world.ctx(Actor::Patient(ana));
    let own_word = booking::settle(&ctx, booked.id, None, Outcome::Fulfilled).await;
    assert!(matches!(own_word, Err(BookingRefusal::Denied(_))), "{own_word:?}");
    world.stop_clock_at(day.start()).await;
    let cancelled = booking::cancel(&ctx, booked.id, None, None).await;
    assert!(matches!(cancelled, Err(BookingRefusal::AlreadyStarted)), "{cancelled:?}");
    let moved = booking::reschedule(&ctx, booked.id, None, world.slot(&practitioner, later.start())).await;
    assert!(matches!(moved, Err(BookingRefusal::AlreadyStarted)), "{moved:?}");
    booking::cancel(&world.desk_of(&practitioner), booked.id, None, None).await.expect("the desk may");
    world.assert_consistent().await;
}

#[tokio::test]
async fn what_was_said_by_mistake_is_taken_back() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let visit = world.book(ana, world.slot(&practitioner, day.start())).await;
    let now = || world.services.clock.now();
    let early = booking::take_back(&world.admin(), visit.id, None).await;
    assert!(matches!(early, Err(BookingRefusal::Already(Status::Booked))), "{early:?}");
    assert!(booking::outcomes(&visit, now()).is_empty(), "nobody arrives three days before");
    world.let_pass(SignedDuration::from_hours(24 * 3)).await;
    for outcome in [Outcome::Arrived, Outcome::Fulfilled, Outcome::NoShow] {
        assert!(booking::outcomes(&visit, visit.range.start()).contains(&outcome));
        if booking::settle(&world.admin(), visit.id, None, outcome).await.is_err() {
            world.let_pass(SignedDuration::from_hours(24)).await;
            booking::settle(&world.admin(), visit.id, None, outcome).await.expect("it has begun");
        }
        let patient = booking::take_back(&world.ctx(Actor::Patient(ana)), visit.id, None).await;
        assert!(matches!(patient, Err(BookingRefusal::Denied(_))), "{patient:?}");
        let back = booking::take_back(&world.admin(), visit.id, None).await.expect("a slip of the hand");
        assert_eq!((back.status, back.range), (Status::Booked, visit.range));
        world.assert_consistent().await;
    }
    booking::cancel(&world.admin(), visit.id, None, None).await.expect("staff may");
    let gone = booking::take_back(&world.admin(), visit.id, None).await;
    assert!(matches!(gone, Err(BookingRefusal::WrongStatus)), "its time may be somebody else's: {gone:?}");
}
