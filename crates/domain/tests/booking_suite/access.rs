//! Who is kept out: every command as everybody.

use jiff::SignedDuration;
use rendez_domain::booking::{
    self, AppointmentFilter, BookingRefusal, HoldRequest, Outcome, OverbookRequest,
};
use rendez_domain::directory::{
    self, DirectoryRefusal, NewPatient, NewTimeOff, OpeningHours, PractitionerChange,
};
use rendez_domain::idempotency::Answer;
use rendez_domain::identity::access::Denied;
use rendez_testkit::World;
use rendez_vocab::{Actor, TimeRange};

/// `yes`: the caller got as far as the work itself, whatever came of it.
fn booking_word<T>(answer: Result<T, BookingRefusal>) -> &'static str {
    match answer {
        Err(BookingRefusal::NotFound) => "unseen",
        Err(BookingRefusal::Denied(Denied::Forbidden)) => "never",
        Err(BookingRefusal::Denied(Denied::SignIn)) => "sign-in",
        Err(BookingRefusal::Fault(fault)) => panic!("{fault:?}"),
        _ => "yes",
    }
}

fn directory_word<T>(answer: Result<T, DirectoryRefusal>) -> &'static str {
    match answer {
        Err(DirectoryRefusal::NotFound) => "unseen",
        Err(DirectoryRefusal::Denied(Denied::Forbidden)) => "never",
        Err(DirectoryRefusal::Denied(Denied::SignIn)) => "sign-in",
        Err(DirectoryRefusal::Fault(fault)) => panic!("{fault:?}"),
        _ => "yes",
    }
}

#[tokio::test]
async fn every_command_as_everybody() {
    let world = World::new().await;
    let (practitioner, other) = (world.practitioner(vec![]).await, world.practitioner(vec![]).await);
    let day = world.open_day(&practitioner, 3, 60).await;
    let portal = Actor::System("portal".into());
    let new = NewPatient { given_name: "Ana".into(), family_name: "Martin".into(), ..NewPatient::default() };
    let made = directory::create_patient(&world.ctx(portal.clone()), new, |_| serde_json::Value::Null).await;
    let ana = match made.expect("a partner may") {
        Answer::Fresh(patient) => patient.id,
        Answer::Replayed(_) => panic!("nothing to replay"),
    };
    let bob = world.patient().await;
    let slot = world.slot(&practitioner, day.start());
    let visit = world.book(ana, slot).await.id;
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    // A version that nobody has read: who gets as far as the comparison may, and nothing changes.
    let stale = Some(99);

    let everybody = [
        Actor::Patient(ana),
        Actor::Patient(bob),
        Actor::Practitioner(practitioner.id),
        Actor::Practitioner(other.id),
        world.desk_of(&practitioner).actor,
        world.desk_of(&other).actor,
        portal,
        Actor::System("rival".into()),
        Actor::Admin("root".into()),
        Actor::Nobody,
    ];
    let table: [(&str, [&str; 10]); 13] = [
        // command          ana      bob       theirs   colleague  desk   other desk portal   rival     admin  nobody
        ("find", ["yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "sign-in"]),
        ("list", ["yes", "unseen", "yes", "unseen", "yes", "empty", "yes", "unseen", "yes", "sign-in"]),
        ("hold", ["yes", "unseen", "yes", "never", "yes", "never", "yes", "unseen", "yes", "sign-in"]),
        ("confirm", ["yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "sign-in"]),
        ("cancel", ["yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "sign-in"]),
        (
            "reschedule",
            ["yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "sign-in"],
        ),
        ("outcome", ["never", "never", "yes", "unseen", "yes", "unseen", "never", "never", "yes", "sign-in"]),
        ("overbook", ["never", "never", "yes", "never", "yes", "never", "never", "never", "yes", "sign-in"]),
        (
            "expire",
            ["never", "never", "never", "never", "never", "never", "never", "never", "yes", "sign-in"],
        ),
        ("patient", ["yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "unseen", "yes", "sign-in"]),
        ("profile", ["never", "never", "yes", "never", "yes", "never", "never", "never", "yes", "sign-in"]),
        ("hours", ["never", "never", "yes", "never", "yes", "never", "never", "never", "yes", "sign-in"]),
        ("time-off", ["never", "never", "yes", "never", "yes", "never", "never", "never", "yes", "sign-in"]),
    ];
    for (command, expected) in table {
        for (place, (actor, expected)) in everybody.iter().zip(expected).enumerate() {
            let ctx = world.ctx(actor.clone());
            let said = match command {
                "find" => booking_word(booking::find(&ctx, visit).await),
                "list" => {
                    let filter = AppointmentFilter {
                        patient: Some(ana),
                        practitioner: matches!(actor, Actor::Practitioner(_)).then_some(practitioner.id),
                        limit: 10,
                        ..AppointmentFilter::default()
                    };
                    match booking::list(&ctx, &filter).await {
                        Ok(page) if page.appointments.is_empty() => "empty",
                        listed => booking_word(listed),
                    }
                }
                "hold" => {
                    booking_word(booking::hold(&ctx, HoldRequest { slot, patient: ana, reason: None }).await)
                }
                "confirm" => booking_word(booking::confirm(&ctx, visit, stale, None).await),
                "cancel" => booking_word(booking::cancel(&ctx, visit, stale, None).await),
                "reschedule" => booking_word(booking::reschedule(&ctx, visit, stale, later).await),
                "outcome" => booking_word(booking::settle(&ctx, visit, stale, Outcome::Arrived).await),
                "overbook" => {
                    let request = OverbookRequest {
                        practitioner: practitioner.id,
                        visit_type: slot.visit_type,
                        // Her own time is taken, so who may is told so.
                        patient: ana,
                        start: day.start(),
                        end: None,
                        overbook_reason: "urgence".into(),
                        reason: None,
                    };
                    booking_word(booking::overbook(&ctx, request).await)
                }
                "expire" => booking_word(booking::expire_due(&ctx).await),
                "patient" => directory_word(directory::patient(&ctx, ana).await),
                "profile" => {
                    let change = PractitionerChange::default();
                    directory_word(directory::update_practitioner(&ctx, practitioner.id, stale, change).await)
                }
                "hours" => {
                    let hours = OpeningHours::default();
                    directory_word(directory::put_opening_hours(&ctx, practitioner.id, stale, hours).await)
                }
                _ => {
                    let start =
                        day.end() + SignedDuration::from_hours(1 + i64::try_from(place).expect("small"));
                    let range =
                        TimeRange::new(start, start + SignedDuration::from_mins(10)).expect("a range");
                    let new = NewTimeOff { range, reason: None };
                    let off =
                        directory::take_time_off(&ctx, practitioner.id, new, |_| serde_json::Value::Null);
                    directory_word(off.await)
                }
            };
            assert_eq!(said, expected, "{command} as {actor}");
        }
    }
    let unchanged = booking::find(&world.admin(), visit).await.expect("still there");
    assert_eq!((unchanged.version, unchanged.range.start()), (2, day.start()));
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_list_without_a_name_shows_only_ones_own() {
    let world = World::new().await;
    let (practitioner, other) = (world.practitioner(vec![]).await, world.practitioner(vec![]).await);
    let day = world.open_day(&practitioner, 3, 60).await;
    world.open_day(&other, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let of_ana = world.book(ana, world.slot(&practitioner, day.start())).await;
    let of_bob =
        world.book(bob, world.slot(&practitioner, day.start() + SignedDuration::from_mins(15))).await;
    world.book(bob, world.slot(&other, day.start())).await;
    let own = AppointmentFilter { limit: 10, ..AppointmentFilter::default() };
    let seen =
        |page: booking::AppointmentPage| page.appointments.iter().map(|one| one.id).collect::<Vec<_>>();
    let ctx = world.ctx(Actor::Patient(ana));
    assert_eq!(seen(booking::list(&ctx, &own).await.expect("hers")), [of_ana.id]);
    let ctx = world.ctx(Actor::Practitioner(practitioner.id));
    assert_eq!(seen(booking::list(&ctx, &own).await.expect("theirs")), [of_ana.id, of_bob.id]);
    let asked = booking::list(&world.desk_of(&practitioner), &own).await;
    assert!(matches!(asked, Err(BookingRefusal::NotFound)), "the desk says whose: {asked:?}");

    // Page by page, without gap or double.
    let mut filter =
        AppointmentFilter { practitioner: Some(practitioner.id), limit: 1, ..AppointmentFilter::default() };
    let first = booking::list(&world.admin(), &filter).await.expect("a page");
    filter.after = first.next;
    let second = booking::list(&world.admin(), &filter).await.expect("a page");
    assert_eq!((seen(first), seen(second.clone()), second.next), (vec![of_ana.id], vec![of_bob.id], None));
    world.assert_consistent().await;
}
