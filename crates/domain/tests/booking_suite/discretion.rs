//! A practice knows its own patients and nobody else's.

use jiff::SignedDuration;
use rendez_domain::booking::{self, AppointmentFilter, BookingRefusal, HoldRequest};
use rendez_domain::directory::{self, DirectoryRefusal, PatientChange};
use rendez_domain::identity::{self, NewPatientAccount};
use rendez_testkit::World;
use rendez_vocab::Actor;

#[tokio::test]
async fn a_strange_practice_cannot_book_itself_into_a_patients_record() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let account = NewPatientAccount {
        patient: directory::NewPatient {
            given_name: "Ana".into(),
            family_name: "Martin".into(),
            ..directory::NewPatient::default()
        },
        email: "ana@mail.example".into(),
        consents: Vec::new(),
        password: "a long enough password".into(),
    };
    let nobody = world.ctx(Actor::Nobody);
    let account = identity::register_patient(&nobody, account).await.expect("a new account");
    let Actor::Patient(ana) = account.actor else { panic!("a patient's account") };

    let desk = world.desk_of(&practitioner);
    let slot = world.slot(&practitioner, day.start());
    let request = HoldRequest { slot, patient: ana, reason: None };
    let held = booking::hold(&desk, request).await;
    assert!(matches!(held, Err(BookingRefusal::NotFound)), "{held:?}");
    assert!(matches!(directory::patient(&desk, ana).await, Err(DirectoryRefusal::NotFound)));

    // A hold that Ana gives up tells nothing; a visit that she books does, but her record stays hers.
    let held = world.hold(ana, slot).await.expect("free");
    assert!(matches!(directory::patient(&desk, ana).await, Err(DirectoryRefusal::NotFound)));
    booking::confirm(&world.ctx(Actor::Patient(ana)), held.id, None, None).await.expect("in time");
    assert_eq!(directory::patient(&desk, ana).await.expect("a patient of ours").given_name, "Ana");
    let change = PatientChange { email: Some(Some("thief@mail.example".into())), ..PatientChange::default() };
    let changed = directory::update_patient(&desk, ana, None, change).await;
    assert!(matches!(changed, Err(DirectoryRefusal::Denied(_))), "{changed:?}");
}

#[tokio::test]
async fn a_partner_does_not_read_the_visits_of_whom_the_operator_entered() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    world.book(ana, world.slot(&practitioner, day.start())).await;
    let portal = world.ctx(Actor::System("portal".into()));
    let filter = AppointmentFilter { patient: Some(ana), limit: 10, ..AppointmentFilter::default() };
    let listed = booking::list(&portal, &filter).await;
    assert!(matches!(listed, Err(BookingRefusal::NotFound)), "{listed:?}");
    // Booking for them is another matter.
    let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    booking::hold(&portal, HoldRequest { slot, patient: ana, reason: None }).await.expect("free");
}

#[tokio::test]
async fn a_patient_does_not_change_the_address_past_the_password() {
    let world = World::new().await;
    let ana = world.patient_with_mail("ana@mail.example").await;
    let ctx = world.ctx(Actor::Patient(ana));
    let to = |email: Option<&str>| PatientChange {
        email: Some(email.map(str::to_owned)),
        ..PatientChange::default()
    };
    for email in [Some("bob@mail.example"), None] {
        let changed = directory::update_patient(&ctx, ana, None, to(email)).await;
        assert!(matches!(changed, Err(DirectoryRefusal::OwnEmail)), "{changed:?}");
    }
    let same = PatientChange { given_name: Some("Anna".into()), ..to(Some("ana@mail.example")) };
    directory::update_patient(&ctx, ana, None, same).await.expect("the address is as it was");
    directory::update_patient(&world.admin(), ana, None, to(None)).await.expect("an admin may");
}
