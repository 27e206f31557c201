//! What a desk sees of its day, and how it finds who is calling.

use jiff::SignedDuration;
use jiff::civil::date;
use rendez_domain::agenda::{self, AgendaRequest, Reading};
use rendez_domain::booking::{self, Status};
use rendez_domain::directory::{self, NewPatient, NewTimeOff, Practitioner};
use rendez_domain::idempotency::Answer;
use rendez_domain::{Ctx, availability};
use rendez_testkit::World;
use rendez_testkit::world::new_practitioner;
use rendez_vocab::ids::PatientId;
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// The day around an opening, of some practitioners.
async fn read(ctx: &Ctx, practitioners: &[&Practitioner], day: TimeRange) -> Reading {
    let window = TimeRange::new(day.start() - hours(8), day.start() + hours(16)).expect("a day");
    let practitioners = practitioners.iter().map(|one| one.id).collect();
    agenda::read(ctx, &AgendaRequest { practitioners, rooms: Vec::new(), window }).await.expect("an agenda")
}

async fn enter(
    ctx: &Ctx,
    given_name: &str,
    family_name: &str,
    born: Option<&str>,
    phone: Option<&str>,
) -> PatientId {
    let new = NewPatient {
        given_name: given_name.into(),
        family_name: family_name.into(),
        birth_date: born.map(|born| born.parse().expect("a date")),
        phone: phone.map(str::to_owned),
        ..NewPatient::default()
    };
    match directory::create_patient(ctx, new, |_| Value::Null).await.expect("a patient") {
        Answer::Fresh(made) => made.id,
        Answer::Replayed(_) => panic!("nothing to replay"),
    }
}

#[tokio::test]
async fn a_day_shows_visits_holds_absences_and_what_is_open() {
    let world = World::new().await;
    let helene = world.practitioner(vec![]).await;
    let new = rendez_domain::directory::NewPractitioner {
        organization: Some(helene.organization),
        ..new_practitioner()
    };
    let yann = world.enter(new).await;
    let elsewhere = world.practitioner(vec![]).await;
    let day = world.open_day(&helene, 3, 120).await;
    world.open_day(&yann, 3, 60).await;
    world.open_day(&elsewhere, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let booked = world.book(ana, world.slot(&helene, day.start())).await;
    let held = world.hold(bob, world.slot(&yann, day.start())).await.expect("free");
    world.book(bob, world.slot(&elsewhere, day.start() + SignedDuration::from_mins(30))).await;
    let range = TimeRange::new(day.end() - hours(1), day.end()).expect("a range");
    let desk = world.desk_of(&helene);
    let off = NewTimeOff { range, reason: Some("Training".into()) };
    directory::take_time_off(&desk, helene.id, off, |_| Value::Null).await.expect("the desk may");

    let seen = read(&desk, &[&helene, &yann, &elsewhere], day).await;
    let visits: Vec<_> =
        seen.visits.iter().map(|visit| (visit.appointment.id, visit.appointment.status)).collect();
    assert_eq!(visits.len(), 2, "the other practice's day is its own");
    assert!(visits.contains(&(booked.id, Status::Booked)) && visits.contains(&(held.id, Status::Held)));
    assert_eq!(seen.visits[0].family_name, "Martin");
    assert_eq!(seen.opened.len(), 2);
    let opened = seen.opened.iter().find(|opened| opened.practitioner == helene.id).expect("hers");
    let open: Vec<TimeRange> =
        opened.ranges.iter().map(|open: &availability::OpenRange| open.range).collect();
    assert_eq!(
        open,
        [TimeRange::new(day.start(), range.start()).expect("a range")],
        "the absence is taken away"
    );
    assert_eq!(seen.absences.len(), 1);
    assert_eq!(seen.absences[0].reason.as_deref(), Some("Training"));

    let own = read(&world.ctx(Actor::Practitioner(yann.id)), &[&helene, &yann], day).await;
    assert_eq!(own.visits.len(), 1, "a practitioner sees their own");
    for kept_out in [Actor::Patient(ana), Actor::System("portal".into()), Actor::Nobody] {
        let request = AgendaRequest { practitioners: vec![helene.id], rooms: Vec::new(), window: day };
        assert!(agenda::read(&world.ctx(kept_out), &request).await.is_err());
    }

    let days = agenda::visits_by_day(&desk, &[helene.id, yann.id, elsewhere.id], day).await.expect("counts");
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].1, 1, "a hold is no visit yet");

    world.let_pass(hours(1)).await;
    let later = read(&desk, &[&helene, &yann], day).await;
    assert_eq!(later.visits.len(), 1, "a hold past its deadline stands in nobody's way");
    booking::cancel(&desk, booked.id, None, None).await.expect("the desk may");
    let later = read(&desk, &[&helene], day).await;
    assert_eq!(later.visits[0].appointment.status, Status::Cancelled);
}

#[tokio::test]
async fn a_caller_is_found_by_any_beginning() {
    let world = World::new().await;
    let helene = world.practitioner(vec![]).await;
    let desk = world.desk_of(&helene);
    let zoe = enter(&desk, "Zoé", "Le Goffic-Kerœur", Some("1986-04-12"), Some("+33612345678")).await;
    let marie = enter(&desk, "Marie", "Martin", Some("1990-01-02"), None).await;
    let other = world.practitioner(vec![]).await;
    enter(&world.desk_of(&other), "Zoé", "Legoff", Some("1986-04-12"), None).await;
    for typed in [
        "le goff",
        "zoe",
        "ZOÉ LE",
        "kero",
        "goffic zo",
        "12/04/1986",
        "zo 12.4.1986",
        "06 12 34 56 78",
        "345678",
        "+33612345678",
    ] {
        let found = directory::find_patients(&desk, typed).await.expect("a list");
        assert_eq!(found.iter().map(|patient| patient.id).collect::<Vec<_>>(), [zoe], "{typed}");
    }
    for typed in ["", " ", "z", "12", "%", "_a", "offic", "zoe martin", "13/04/1986", "'; --"] {
        let found = directory::find_patients(&desk, typed).await.expect("a list");
        assert!(found.is_empty(), "{typed}: {}", found.len());
    }
    assert_eq!(directory::find_patients(&desk, "mar").await.expect("a list")[0].id, marie);
    let unseen = directory::find_patients(&world.desk_of(&other), "martin").await.expect("a list");
    assert!(unseen.is_empty(), "nobody is found whom the practice does not know");
    assert!(directory::find_patients(&world.ctx(Actor::Patient(zoe)), "martin").await.is_err());

    let day = world.open_day(&other, 3, 60).await;
    world.book(marie, world.slot(&other, day.start())).await;
    let known = directory::find_patients(&world.desk_of(&other), "martin").await.expect("a list");
    assert_eq!(known.len(), 1, "who has a visit is known");
}

#[tokio::test]
async fn who_may_be_the_same_person_is_told() {
    let world = World::new().await;
    let helene = world.practitioner(vec![]).await;
    let desk = world.desk_of(&helene);
    let zoe = enter(&desk, "Zoé", "Legoffic", Some("1986-04-12"), Some("+33612345678")).await;
    let born = Some(date(1986, 4, 12));
    let similar = async |given: &str, family: &str, born, phone: Option<&str>| {
        let found = directory::similar_patients(&desk, given, family, born, phone).await.expect("a list");
        found.iter().map(|patient| patient.id).collect::<Vec<_>>()
    };
    assert_eq!(similar("Zoe", "Le Goffic", born, None).await, [zoe], "the same day, nearly the same name");
    assert_eq!(similar("Zoe", "Legofic", born, None).await, [zoe], "a slip");
    assert_eq!(similar("Anna", "Kerbrat", None, Some("+33612345678")).await, [zoe], "the same phone");
    assert_eq!(similar("Zoé", "Legoffic", None, None).await, [zoe], "the same name, and no date");
    assert_eq!(
        similar("Zoé", "Legoffic", Some(date(1990, 1, 1)), None).await,
        [],
        "somebody else of the name"
    );
    assert_eq!(similar("Anna", "Kerbrat", born, None).await, [], "born on the same day");
}
