//! Wishes for anybody of a specialty around a place.

use rendez_domain::directory::{NewLocation, NewPractitioner, NewVisitType};
use rendez_domain::waiting::{self, Ahead, Target};
use rendez_testkit::World;
use rendez_testkit::world::{new_practitioner, rennes};

use crate::room::{around, catch_up, leave, minutes, seen, somebody_waits, wishes};

fn near_rennes(radius_km: u16, most_minutes: Option<u32>) -> Target {
    Target::Area {
        specialty: "general-practice".into(),
        place: "Rennes".into(),
        latitude: 48.11,
        longitude: -1.68,
        radius_km,
        most_minutes,
    }
}

fn in_saint_malo() -> NewPractitioner {
    let place = NewLocation { latitude: Some(48.649), longitude: Some(-2.026), ..rennes() };
    NewPractitioner { location: Some(place), ..new_practitioner() }
}

#[tokio::test]
async fn only_who_is_near_enough_and_of_the_specialty_is_offered() {
    let world = World::new().await;
    let far = world.enter(in_saint_malo()).await;
    let eyes = NewPractitioner { specialty: Some("ophthalmology".into()), ..new_practitioner() };
    let eyes = world.enter(eyes).await;
    let near = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let wish = leave(&world, around(&world, patient, near_rennes(30, None))).await.expect("a wish");
    world.open_day(&far, 3, 15).await;
    world.open_day(&eyes, 3, 15).await;
    assert_eq!(catch_up(&world).await, []);
    world.open_day(&near, 5, 15).await;
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    assert_eq!(seen(&world, &wish).await.offered.expect("a time").practitioner, near.id);
    // Sixty kilometres reach Saint-Malo.
    let patient = world.patient().await;
    let wide = leave(&world, around(&world, patient, near_rennes(70, None))).await.expect("a wish");
    assert_eq!(wishes(&catch_up(&world).await), [wide.id]);
    assert_eq!(seen(&world, &wide).await.offered.expect("a time").practitioner, far.id);
    world.assert_consistent().await;
}

#[tokio::test]
async fn one_line_for_those_who_named_the_practitioner_and_those_around() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let patient = world.patient().await;
    let area = leave(&world, around(&world, patient, near_rennes(30, None))).await.expect("a wish");
    let named = somebody_waits(&world, &practitioner).await;
    let patient = world.patient().await;
    let last = leave(&world, around(&world, patient, near_rennes(10, None))).await.expect("a wish");
    assert_eq!(seen(&world, &named).await.ahead, Some(Ahead::Exactly(1)));
    assert_eq!(seen(&world, &last).await.ahead, Some(Ahead::Exactly(2)));
    let count = waiting::count_for(&world.desk_of(&practitioner), practitioner.id).await.expect("theirs");
    assert_eq!(count, 3);
    catch_up(&world).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    assert_eq!(wishes(&catch_up(&world).await), [area.id, named.id]);
    assert_eq!(seen(&world, &named).await.offered.expect("a time").start, day.start() + minutes(15));
    assert_eq!(seen(&world, &last).await.ahead, Some(Ahead::Exactly(0)));
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_visit_is_no_longer_than_wished_and_open_to_who_waits() {
    let world = World::new().await;
    let visit_types = vec![
        NewVisitType { duration_minutes: 45, ..NewVisitType::default() },
        NewVisitType {
            duration_minutes: 20,
            who_may_book: rendez_domain::availability::WhoMayBook::Known,
            ..NewVisitType::default()
        },
        NewVisitType { duration_minutes: 30, ..NewVisitType::default() },
    ];
    let practitioner = world.practitioner(visit_types).await;
    let patient = world.patient().await;
    let wish = leave(&world, around(&world, patient, near_rennes(30, Some(30)))).await.expect("a wish");
    catch_up(&world).await;
    world.open_day(&practitioner, 3, 60).await;
    let given = catch_up(&world).await;
    assert_eq!(wishes(&given), [wish.id]);
    let held = rendez_domain::booking::find(&world.admin(), given[0].appointment).await.expect("a hold");
    assert_eq!(held.visit_type, practitioner.visit_types[2].id);
}
