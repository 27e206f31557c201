//! Looking for a practice's patients.

use rendez_domain::practice::{self, PatientQuestion, PracticeRefusal};
use rendez_vocab::Actor;
use rendez_vocab::ids::OrganizationId;

use crate::house::{House, enter};

async fn found(house: &House, name: &str) -> Vec<String> {
    let ctx = house.as_desk();
    let at = house.place(&ctx).await;
    let question = PatientQuestion { name: name.into(), ..PatientQuestion::default() };
    let page = practice::find_patients(&ctx, &at, &question).await.expect("an answer");
    page.patients.into_iter().map(|line| format!("{} {}", line.given_name, line.family_name)).collect()
}

#[tokio::test]
async fn beginnings_of_names_are_found_whatever_the_accents() {
    let house = House::new().await;
    for (given, family) in [("Hélène", "Le Goff"), ("Zoé", "Plœuc"), ("Ana", "L’Hermitage")] {
        house.patient(given, family).await;
    }
    assert_eq!(found(&house, "HELE").await, ["Hélène Le Goff"]);
    assert_eq!(found(&house, "gof hel").await, ["Hélène Le Goff"]);
    assert_eq!(found(&house, "ploeuc").await, ["Zoé Plœuc"]);
    assert_eq!(found(&house, "hermitage").await, ["Ana L’Hermitage"]);
    assert_eq!(found(&house, "").await.len(), 3, "all of them, by name");
    for nobody in ["elene", "goff ana", "x"] {
        assert_eq!(found(&house, nobody).await, Vec::<String>::new(), "{nobody}");
    }
}

#[tokio::test]
async fn only_the_practices_own_patients_and_visits_are_seen() {
    let house = House::new().await;
    let world = &house.world;
    let stranger = world.practitioner(vec![]).await;
    let theirs = enter(&world.desk_of(&stranger), "Bob", "Martin").await;
    let ana = house.patient("Ana", "Martin").await;
    assert_eq!(found(&house, "martin").await, ["Ana Martin"]);
    let ctx = house.as_desk();
    let at = house.place(&ctx).await;
    let foreign = practice::patient_record(&ctx, &at, theirs).await;
    assert!(matches!(foreign, Err(PracticeRefusal::NotFound)));

    let (here, there) = (world.open_day(&house.doctor, 3, 60).await, world.open_day(&stranger, 4, 60).await);
    world.book(ana, world.slot(&house.doctor, here.start())).await;
    world.book(ana, world.slot(&stranger, there.start())).await;
    let visits = practice::visits_of_patient(&ctx, &at, ana, None).await.expect("hers").visits;
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].practitioner, house.doctor.id);
}

#[tokio::test]
async fn long_lists_go_on_where_they_ended() {
    let house = House::new().await;
    for number in 0..23 {
        house.patient("Ana", &format!("Martin {number:02}")).await;
    }
    let ctx = house.as_desk();
    let at = house.place(&ctx).await;
    let mut question = PatientQuestion { name: "martin".into(), ..PatientQuestion::default() };
    let first = practice::find_patients(&ctx, &at, &question).await.expect("a page");
    assert_eq!(first.patients.len(), 20);
    question.after = first.next;
    let second = practice::find_patients(&ctx, &at, &question).await.expect("a page");
    assert_eq!((second.patients.len(), second.next), (3, None));
    assert_eq!(second.patients[0].family_name, "Martin 20");
}

#[tokio::test]
async fn nobody_works_where_they_do_not() {
    let house = House::new().await;
    let stranger = house.world.practitioner(vec![]).await;
    let asked: Option<OrganizationId> = Some(house.doctor.organization);
    for actor in [Actor::Practitioner(stranger.id), house.world.desk_of(&stranger).actor] {
        let refused = practice::workplace(&house.world.ctx(actor), asked).await;
        assert!(matches!(refused, Err(PracticeRefusal::NotFound)), "{refused:?}");
    }
    for actor in [Actor::Nobody, Actor::Patient(house.world.patient().await), Actor::System("portal".into())]
    {
        let refused = practice::workplace(&house.world.ctx(actor), asked).await;
        assert!(matches!(refused, Err(PracticeRefusal::Denied(_))), "{refused:?}");
    }
}
