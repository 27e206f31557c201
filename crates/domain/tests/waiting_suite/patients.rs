//! What patients may do with wishes, and what others may not.

use rendez_domain::booking::{self, HoldRequest};
use rendez_domain::idempotency::Answer;
use rendez_domain::identity::access::Denied;
use rendez_domain::waiting::{self, Hours, WaitingRefusal, WishFilter, WishStatus, WrongWish};
use rendez_testkit::World;
use rendez_vocab::Actor;
use serde_json::json;

use crate::room::{Full, any_time, catch_up, leave, minutes, somebody_waits, status};

fn hour(from: u16) -> Hours {
    Hours::new(from * 60, (from + 1) * 60).expect("hours")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_has_more_than_five_live_wishes_however_fast_they_ask() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let asking: Vec<_> = (0..12)
        .map(|from| {
            let (world, mut new) = (world.clone(), any_time(&world, patient, &practitioner));
            new.hours = hour(from);
            tokio::spawn(async move { leave(&world, new).await })
        })
        .collect();
    let (mut left, mut refused) = (Vec::new(), 0);
    for one in asking {
        match one.await.expect("no panic") {
            Ok(wish) => left.push(wish),
            Err(WaitingRefusal::TooManyWishes { limit: 5 }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((left.len(), refused), (5, 7));
    // One that is taken back makes room.
    let ctx = world.ctx(Actor::Patient(patient));
    waiting::withdraw(&ctx, left[0].id, None, |_| json!({})).await.expect("waiting");
    let mut new = any_time(&world, patient, &practitioner);
    new.hours = hour(20);
    leave(&world, new).await.expect("a fifth");
}

#[tokio::test]
async fn the_same_twice_is_once_too_many() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let patient = world.patient().await;
    let new = any_time(&world, patient, &full.practitioner);
    let wish = leave(&world, new.clone()).await.expect("a wish");
    let again = leave(&world, new.clone()).await.expect_err("refused");
    assert!(matches!(again, WaitingRefusal::AlreadyWished { wish: known } if known == wish.id), "{again:?}");
    // What was let go stands in nobody's way, whether or not a worker has noted it.
    full.free(&world).await;
    catch_up(&world).await;
    world.let_pass(minutes(24 * 60)).await;
    leave(&world, new).await.expect("the other has lapsed");
    assert_eq!(status(&world, &wish).await, WishStatus::Lapsed);
    let ctx = world.ctx(Actor::Patient(patient));
    let twice = waiting::wait_again(&ctx, wish.id, None, |_| json!({})).await.expect_err("refused");
    assert!(matches!(twice, WaitingRefusal::AlreadyWished { .. }), "{twice:?}");
}

#[tokio::test]
async fn a_request_that_is_repeated_leaves_one_wish() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let ctx = world.patient_with_key(patient, "POST /v1/wishes", "k");
    let new = any_time(&world, patient, &practitioner);
    let first = waiting::leave(&ctx, new.clone(), |wish| json!(wish.id.to_string())).await.expect("a wish");
    let Answer::Fresh(wish) = first else { panic!("it is the first") };
    match waiting::leave(&ctx, new, |_| json!({})).await.expect("the first answer") {
        Answer::Replayed(stored) => assert_eq!(stored.answer, json!(wish.id.to_string())),
        Answer::Fresh(_) => panic!("done twice"),
    }
    assert_eq!(world.count("SELECT count(*) FROM wish").await, 1);
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_by_name() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let other = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let good = any_time(&world, patient, &practitioner);
    let wrong = async |new| match leave(&world, new).await {
        Err(WaitingRefusal::Wrong(what)) => what,
        other => panic!("{other:?}"),
    };
    let mut new = good.clone();
    new.last_day = new.first_day.yesterday().expect("a day");
    assert_eq!(wrong(new).await, WrongWish::DaysReversed);
    let mut new = good.clone();
    (new.first_day, new.last_day) = (jiff::civil::date(2020, 1, 1), jiff::civil::date(2020, 1, 2));
    assert_eq!(wrong(new).await, WrongWish::Over);
    let mut new = good.clone();
    new.last_day = jiff::civil::date(2199, 1, 1);
    assert_eq!(wrong(new).await, WrongWish::TooLong);
    let mut new = good.clone();
    new.target =
        waiting::Target::Practitioner { practitioner: practitioner.id, visit_type: other.visit_types[0].id };
    assert_eq!(wrong(new).await, WrongWish::UnknownVisitType);
    let area = |specialty: &str, radius_km| waiting::Target::Area {
        specialty: specialty.into(),
        place: "Rennes".into(),
        latitude: 48.1,
        longitude: -1.7,
        radius_km,
        most_minutes: None,
    };
    let mut new = good.clone();
    new.target = area("astrology", 30);
    assert_eq!(wrong(new).await, WrongWish::UnknownSpecialty);
    let mut new = good;
    new.target = area("general-practice", 101);
    assert_eq!(wrong(new).await, WrongWish::Radius);
}

#[tokio::test]
async fn a_wish_is_its_patients_own() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let wish = somebody_waits(&world, &full.practitioner).await;
    let stranger = world.ctx(Actor::Patient(world.patient().await));
    assert!(matches!(waiting::find(&stranger, wish.id).await, Err(WaitingRefusal::NotFound)));
    assert!(matches!(waiting::decline(&stranger, wish.id).await, Err(WaitingRefusal::NotFound)));
    let theirs = waiting::withdraw(&stranger, wish.id, None, |_| json!({})).await;
    assert!(matches!(theirs, Err(WaitingRefusal::NotFound)));
    let filter = WishFilter { patient: Some(wish.patient), limit: 10, ..WishFilter::default() };
    assert!(matches!(waiting::list(&stranger, &filter).await, Err(WaitingRefusal::NotFound)));
    let for_another =
        waiting::leave(&stranger, any_time(&world, wish.patient, &full.practitioner), |_| json!({})).await;
    assert!(matches!(for_another, Err(WaitingRefusal::NotFound)));
    let desk = world.desk_of(&full.practitioner);
    assert!(matches!(waiting::find(&desk, wish.id).await, Err(WaitingRefusal::Denied(Denied::Forbidden))));
    let nobody = world.ctx(Actor::Nobody);
    assert!(matches!(waiting::find(&nobody, wish.id).await, Err(WaitingRefusal::Denied(Denied::SignIn))));
    let elsewhere = world.practitioner(vec![]).await;
    let counted = waiting::count_for(&world.desk_of(&elsewhere), full.practitioner.id).await;
    assert!(matches!(counted, Err(WaitingRefusal::Denied(Denied::Forbidden))));
    let own = waiting::list(
        &world.ctx(Actor::Patient(wish.patient)),
        &WishFilter { limit: 10, ..WishFilter::default() },
    )
    .await;
    assert_eq!(own.expect("their own").wishes.len(), 1);
}

#[tokio::test]
async fn pages_of_a_list_follow_each_other() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let mut left = Vec::new();
    for from in 0..5 {
        let mut new = any_time(&world, patient, &practitioner);
        new.hours = hour(from);
        left.push(leave(&world, new).await.expect("a wish").id);
    }
    let ctx = world.ctx(Actor::Patient(patient));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = waiting::list(&ctx, &WishFilter { patient: None, after, limit: 2 }).await.expect("theirs");
        seen.extend(page.wishes.iter().map(|wish| wish.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    left.reverse();
    assert_eq!(seen, left, "the newest first");
}

#[tokio::test]
async fn a_version_that_is_old_changes_nothing_and_nobody_takes_back_what_is_over() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let wish = somebody_waits(&world, &full.practitioner).await;
    let ctx = world.ctx(Actor::Patient(wish.patient));
    let old = waiting::withdraw(&ctx, wish.id, Some(wish.version + 1), |_| json!({})).await;
    assert!(matches!(old, Err(WaitingRefusal::VersionMismatch)));
    waiting::withdraw(&ctx, wish.id, Some(wish.version), |_| json!({})).await.expect("as it was read");
    let again = waiting::withdraw(&ctx, wish.id, None, |_| json!({})).await;
    assert!(matches!(again, Err(WaitingRefusal::WrongStatus)), "{again:?}");
    let again = waiting::wait_again(&ctx, wish.id, None, |_| json!({})).await;
    assert!(matches!(again, Err(WaitingRefusal::WrongStatus)), "{again:?}");
    // Whoever is offered a time may also take another one meanwhile: the line does not mind.
    let day = world.open_day(&full.practitioner, 6, 15).await;
    let slot = world.slot(&full.practitioner, day.start());
    booking::hold(&ctx, HoldRequest { slot, patient: wish.patient, reason: None }).await.expect("free");
    assert_eq!(catch_up(&world).await, []);
}
