//! The trail of a practice.

use rendez_domain::booking;
use rendez_domain::identity::access::Denied;
use rendez_domain::practice::{self, Doer, Moved, PracticeRefusal, TrailFilter};

use crate::house::House;

#[tokio::test]
async fn a_manager_reads_who_did_what_and_nobody_reads_of_other_practices() {
    let house = House::new().await;
    let world = &house.world;
    let day = world.open_day(&house.doctor, 3, 60).await;
    let ana = house.patient("Ana", "Martin").await;
    world.book(ana, world.slot(&house.doctor, day.start())).await;
    let stranger = world.practitioner(vec![]).await;
    let other_day = world.open_day(&stranger, 3, 60).await;
    let bob = world.patient().await;
    world.book(bob, world.slot(&stranger, other_day.start())).await;

    let ctx = house.as_manager();
    let at = house.place(&ctx).await;
    let all = practice::trail(&ctx, &at, &TrailFilter::default()).await.expect("a trail").entries;
    let actions: Vec<&str> = all.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions[..3], ["appointment.confirm", "appointment.hold", "patient.create"]);
    assert!(actions.contains(&"staff.join") && actions.contains(&"practitioner.create"), "{actions:?}");
    let confirmed = &all[0];
    assert_eq!(confirmed.doer, Doer::Named { role: "patient".into(), name: "Ana Martin".into() });
    assert_eq!(confirmed.patient.as_ref().map(|(id, name)| (*id, name.as_str())), Some((ana, "Ana Martin")));
    assert_eq!(confirmed.visit.as_ref().map(|(_, start, _)| *start), Some(day.start()));
    let entered = &all[2];
    assert_eq!(entered.doer, Doer::Named { role: "staff".into(), name: "accueil@cabinet.example".into() });
    assert!(all.iter().all(|entry| entry.patient.as_ref().is_none_or(|(id, _)| *id != bob)));

    let patients_visit = confirmed.visit.as_ref().expect("a visit").0;
    let later = world.slot(&house.doctor, day.start() + jiff::SignedDuration::from_mins(15));
    booking::reschedule(&world.admin(), patients_visit, None, later).await.expect("free");
    let moved = practice::trail(&ctx, &at, &TrailFilter::default()).await.expect("a trail").entries;
    let name = format!("{} {}", house.doctor.given_name, house.doctor.family_name);
    assert_eq!(
        moved[0].moved,
        Some(Moved {
            from: day.start(),
            from_practitioner: name.clone(),
            to: later.start(),
            to_practitioner: name
        })
    );
    assert!(moved[1..].iter().all(|entry| entry.moved.is_none()));

    let of_patients = TrailFilter { actor: Some("patient".into()), ..TrailFilter::default() };
    let some = practice::trail(&ctx, &at, &of_patients).await.expect("a trail").entries;
    assert_eq!(some.len(), 2);
    let older = TrailFilter { before: Some(all[1].id), ..TrailFilter::default() };
    let rest = practice::trail(&ctx, &at, &older).await.expect("a trail").entries;
    assert_eq!(rest.len(), all.len() - 2);

    let desk = house.as_desk();
    let refused = practice::trail(&desk, &house.place(&desk).await, &TrailFilter::default()).await;
    assert!(matches!(refused, Err(PracticeRefusal::Denied(Denied::Forbidden))), "{refused:?}");
}
