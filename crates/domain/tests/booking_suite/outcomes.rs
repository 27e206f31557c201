//! A visit's states: every step that is allowed, and every one that is not.

use jiff::SignedDuration;
use rendez_domain::booking::{self, Appointment, BookingRefusal, Outcome, Status};
use rendez_domain::directory::{NewVisitType, Practitioner};
use rendez_testkit::World;
use rendez_vocab::ids::AppointmentId;
use rendez_vocab::{Actor, TimeRange};

const COMMANDS: [&str; 5] = ["confirm", "cancel", "arrived", "fulfilled", "no-show"];

/// Booked on the day itself, when outcomes can be said too.
fn without_notice() -> NewVisitType {
    NewVisitType { min_notice_minutes: 0, ..NewVisitType::default() }
}

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

/// A visit at a place of the day that has come to this state.
async fn visit(
    world: &World,
    practitioner: &Practitioner,
    day: TimeRange,
    place: i64,
    status: Status,
) -> Appointment {
    let slot = world.slot(practitioner, day.start() + SignedDuration::from_mins(15 * place));
    let held = world.hold(world.patient().await, slot).await.expect("free");
    let steps: &[&str] = match status {
        Status::Held | Status::Expired => &[],
        Status::Booked | Status::NoShow => &["confirm"],
        Status::Arrived => &["confirm", "arrived"],
        Status::Fulfilled => &["confirm", "fulfilled"],
        Status::Cancelled => &["cancel"],
    };
    for step in steps {
        command(world, step, held.id).await.expect("an allowed step");
    }
    held
}

async fn assert_table(world: &World, visits: Vec<(Status, Vec<Appointment>)>, table: &[(Status, [&str; 5])]) {
    for (status, ids) in visits {
        let (_, expected) = table.iter().find(|(row, _)| *row == status).expect("a row for each state");
        for ((name, visit), expected) in COMMANDS.iter().zip(ids).zip(expected) {
            let before = booking::find(&world.admin(), visit.id).await.expect("it is there");
            assert_eq!(before.status, status);
            let said = word(command(world, name, visit.id).await);
            assert_eq!(said, *expected, "{name} of a visit that is {}", status.as_str());
            let after = booking::find(&world.admin(), visit.id).await.expect("it is there");
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

async fn visits(
    world: &World,
    practitioner: &Practitioner,
    day: TimeRange,
    statuses: &[Status],
) -> Vec<(Status, Vec<Appointment>)> {
    let mut all = Vec::new();
    let mut place = 0;
    for status in statuses {
        let mut row = Vec::new();
        for _ in COMMANDS {
            row.push(visit(world, practitioner, day, place, *status).await);
            place += 1;
        }
        all.push((*status, row));
    }
    all
}

#[tokio::test]
async fn before_the_visit_begins() {
    use Status::{Arrived, Booked, Cancelled, Expired, Fulfilled, Held};
    let world = World::new().await;
    let practitioner = world.practitioner(vec![without_notice()]).await;
    let day = world.open_day(&practitioner, 3, 15 * 30).await;
    let morning = day.start() - SignedDuration::from_hours(4);
    world.let_pass(morning.duration_since(world.services.clock.now())).await;
    let expired = visits(&world, &practitioner, day, &[Expired]).await;
    world.let_pass(SignedDuration::from_mins(31)).await;
    assert_eq!(booking::expire_due(&world.admin()).await.expect("an admin may").len(), 5);
    let mut all = visits(&world, &practitioner, day, &[Held, Booked, Arrived, Fulfilled, Cancelled]).await;
    all.extend(expired);
    let table = [
        // state     confirm      cancel       arrived     fulfilled    no-show
        (Held, ["booked", "cancelled", "wrong", "wrong", "wrong"]),
        (Booked, ["confirmed", "cancelled", "arrived", "fulfilled", "too-early"]),
        (Arrived, ["confirmed", "wrong", "already", "fulfilled", "wrong"]),
        (Fulfilled, ["confirmed", "wrong", "wrong", "already", "wrong"]),
        (Cancelled, ["wrong", "already", "wrong", "wrong", "wrong"]),
        (Expired, ["too-late", "too-late", "too-late", "too-late", "too-late"]),
    ];
    assert_table(&world, all, &table).await;
}

#[tokio::test]
async fn a_visit_of_another_day_is_neither_here_nor_done() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let booked = world.book(world.patient().await, world.slot(&practitioner, day.start())).await;
    for outcome in ["arrived", "fulfilled"] {
        assert_eq!(word(command(&world, outcome, booked.id).await), "too-early");
    }
    world.stop_clock_at(day.start() - SignedDuration::from_hours(12)).await;
    assert_eq!(word(command(&world, "arrived", booked.id).await), "arrived");
}

#[tokio::test]
async fn after_it_has_begun() {
    use Status::{Arrived, Booked, Cancelled, Fulfilled, Held, NoShow};
    let world = World::new().await;
    let practitioner = world.practitioner(vec![without_notice()]).await;
    let day = world.open_day(&practitioner, 3, 15 * 30).await;
    let morning = day.start() - SignedDuration::from_hours(4);
    world.let_pass(morning.duration_since(world.services.clock.now())).await;
    let all =
        visits(&world, &practitioner, day, &[Held, Booked, Arrived, Fulfilled, Cancelled, NoShow]).await;
    world.let_pass(SignedDuration::from_hours(4 * 24)).await;
    for visit in &all.last().expect("the last row").1 {
        command(&world, "no-show", visit.id).await.expect("it has begun");
    }
    let table = [
        // state     confirm      cancel       arrived     fulfilled    no-show
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
