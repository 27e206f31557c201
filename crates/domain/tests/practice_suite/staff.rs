//! Who works for a practice, and with which rights.

use jiff::SignedDuration;
use rendez_domain::directory::{
    self, DirectoryRefusal, NewLocation, NewOpenings, NewPractitioner, NewRoom, NewTimeOff, NewVisitType,
    OpeningHours, PractitionerChange,
};
use rendez_domain::identity::access::Denied;
use rendez_domain::identity::{self, IdentityRefusal, Rights, accept_invitation, signed_in};
use rendez_platform::auth::session::{self, SessionLifetime};
use rendez_platform::auth::{SessionToken, TokenAccount};
use rendez_testkit::World;
use rendez_testkit::world::{new_practitioner, rennes};
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::house::{House, PASSWORD, invite, join};

#[tokio::test]
async fn the_desk_runs_the_day_and_a_manager_the_rest() {
    let house = House::new().await;
    let id = house.doctor.id;
    let refused = directory::put_opening_hours(&house.as_desk(), id, None, OpeningHours::default()).await;
    assert!(matches!(refused, Err(DirectoryRefusal::Denied(Denied::Forbidden))), "{refused:?}");
    let new = NewVisitType::default();
    let refused = directory::visit_type_change(&house.as_desk(), id, None, None, new, |_| Value::Null).await;
    assert!(matches!(refused, Err(DirectoryRefusal::Denied(Denied::Forbidden))));
    let refused = identity::staff(&house.as_desk(), house.doctor.organization).await;
    assert!(matches!(refused, Err(IdentityRefusal::Denied(Denied::Forbidden))));

    let saved = directory::put_opening_hours(&house.as_manager(), id, None, OpeningHours::default()).await;
    saved.expect("a manager may");
    let own = house.world.ctx(Actor::Practitioner(id));
    directory::put_opening_hours(&own, id, None, OpeningHours::default())
        .await
        .expect("a doctor may, at home");
}

#[tokio::test]
async fn what_the_practice_consists_of_is_a_managers_and_the_time_off_everybodys() {
    let house = House::new().await;
    let (id, organization) = (house.doctor.id, house.doctor.organization);
    let place = house.doctor.locations[0].id;
    let day = house.world.open_day(&house.doctor, 3, 60).await;
    let opening = house.world.opening_id("SELECT id FROM opening").await;
    for (ctx, may) in [(house.as_desk(), false), (house.as_manager(), true)] {
        let range = TimeRange::new(day.end(), day.end() + SignedDuration::from_hours(1)).expect("an hour");
        let openings = NewOpenings { ranges: vec![range], visit_types: Vec::new(), location: None };
        let practitioner = NewPractitioner { organization: Some(organization), ..new_practitioner() };
        let location = NewLocation { name: "Annexe".into(), ..rennes() };
        let room = NewRoom { kind: "echo".into(), name: "Salle 2".into() };
        let change = PractitionerChange { active: Some(true), ..PractitionerChange::default() };
        let answers = [
            directory::open(&ctx, id, openings, |_| Value::Null).await.map(|_| ()),
            directory::delete_opening(&ctx, id, opening).await,
            directory::create_practitioner(&ctx, practitioner, |_| Value::Null).await.map(|_| ()),
            directory::update_practitioner(&ctx, id, None, change).await.map(|_| ()),
            directory::add_location(&ctx, organization, location, |_| Value::Null).await.map(|_| ()),
            directory::add_room(&ctx, place, room, |_| Value::Null).await.map(|_| ()),
        ];
        for (index, answer) in answers.into_iter().enumerate() {
            match may {
                true => assert!(answer.is_ok(), "{index}: {answer:?}"),
                false => assert!(
                    matches!(answer, Err(DirectoryRefusal::Denied(Denied::Forbidden))),
                    "{index}: {answer:?}"
                ),
            }
        }
    }
    let range = TimeRange::new(day.start(), day.end()).expect("an hour");
    let off = NewTimeOff { range, reason: None };
    directory::take_time_off(&house.as_desk(), id, off, |_| Value::Null).await.expect("the desk may");
    let own = house.world.ctx(Actor::Practitioner(id));
    let change = PractitionerChange { phone: Some(None), ..PractitionerChange::default() };
    directory::update_practitioner(&own, id, None, change).await.expect("a doctor may, at home");
}

#[tokio::test]
async fn a_practice_without_a_manager_lets_its_desk_go() {
    let world = World::new().await;
    let doctor = world.practitioner(vec![]).await;
    let desk = join(&world, &world.admin(), &doctor, "accueil@cabinet.example", Rights::Desk).await;
    let own = world.ctx(Actor::Practitioner(doctor.id));
    identity::set_rights(&own, doctor.organization, desk.id, Rights::Desk).await.expect("as before");
    identity::remove_member(&own, doctor.organization, desk.id).await.expect("its doctor runs it");
    let again = identity::remove_member(&own, doctor.organization, desk.id).await;
    assert!(matches!(again, Err(IdentityRefusal::NotFound)), "{again:?}");
}

#[tokio::test]
async fn rights_count_from_the_moment_they_change() {
    let house = House::new().await;
    let organization = house.doctor.organization;
    identity::set_rights(&house.as_manager(), organization, house.desk.id, Rights::Manager)
        .await
        .expect("promoted");
    let hours = OpeningHours::default();
    directory::put_opening_hours(&house.as_desk(), house.doctor.id, None, hours).await.expect("now they may");
    identity::set_rights(&house.as_desk(), organization, house.manager.id, Rights::Desk)
        .await
        .expect("there is another manager");
    let last = identity::set_rights(&house.as_desk(), organization, house.desk.id, Rights::Desk).await;
    assert!(matches!(last, Err(IdentityRefusal::LastManager)), "{last:?}");
    let last = identity::remove_member(&house.as_desk(), organization, house.desk.id).await;
    assert!(matches!(last, Err(IdentityRefusal::LastManager)), "{last:?}");
}

#[tokio::test]
async fn two_managers_cannot_send_each_other_away_at_once() {
    let house = House::new().await;
    let organization = house.doctor.organization;
    identity::set_rights(&house.as_manager(), organization, house.desk.id, Rights::Manager)
        .await
        .expect("promoted");
    let (one, other) = (house.as_manager(), house.as_desk());
    let (first, second) = tokio::join!(
        identity::remove_member(&one, organization, house.desk.id),
        identity::remove_member(&other, organization, house.manager.id),
    );
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    let left = "SELECT count(*) FROM account_organization WHERE rights = 'manager'";
    assert_eq!(house.world.count(left).await, 1);
}

#[tokio::test]
async fn whoever_is_removed_is_signed_out_at_once() {
    let house = House::new().await;
    let services = &house.world.services;
    let token = SessionToken::new(&*services.entropy);
    let lifetime =
        SessionLifetime { idle: SignedDuration::from_hours(1), total: SignedDuration::from_hours(2) };
    let conn = services.store.read_fresh().await.expect("a connection");
    session::create(&*conn, &token, house.desk.id, lifetime).await.expect("a session");
    let bearer = TokenAccount { id: house.desk.id, version: 1 };
    assert!(identity::token_stands(&services.store, bearer).await.expect("an answer"));
    identity::remove_member(&house.as_manager(), house.doctor.organization, house.desk.id)
        .await
        .expect("removed");
    assert!(session::find(&*conn, &token).await.expect("an answer").is_none());
    assert!(!identity::token_stands(&services.store, bearer).await.expect("an answer"));
    let left = signed_in(&house.as_desk(), house.desk.id).await.expect("an answer").expect("an account");
    assert!(matches!(left.actor, Actor::Staff { organizations, .. } if organizations.is_empty()));
    assert_eq!((left.name, left.rights), (None, None));
}

#[tokio::test]
async fn an_invitation_counts_once_in_its_time_and_only_the_newest() {
    let house = House::new().await;
    let (world, manager) = (&house.world, house.as_manager());
    let nobody = world.ctx(Actor::Nobody);
    let older = invite(&manager, &house.doctor, "neuf@cabinet.example", Rights::Desk).await;
    let newer = invite(&manager, &house.doctor, "Neuf@cabinet.example", Rights::Desk).await;
    let replaced = accept_invitation(&nobody, older, PASSWORD).await;
    assert!(matches!(replaced, Err(IdentityRefusal::NotFound)), "{replaced:?}");
    let short = accept_invitation(&nobody, newer, "short").await;
    assert!(matches!(short, Err(IdentityRefusal::Password(_))), "{short:?}");
    accept_invitation(&nobody, newer, PASSWORD).await.expect("it counts");
    let again = accept_invitation(&nobody, newer, PASSWORD).await;
    assert!(matches!(again, Err(IdentityRefusal::NotFound)), "{again:?}");

    let late = invite(&manager, &house.doctor, "tard@cabinet.example", Rights::Desk).await;
    world.let_pass(SignedDuration::from_hours(73)).await;
    let late = accept_invitation(&nobody, late, PASSWORD).await;
    assert!(matches!(late, Err(IdentityRefusal::NotFound)), "{late:?}");
    assert_eq!(world.count("SELECT count(*) FROM job WHERE kind = 'mail.written'").await, 5);
}

#[tokio::test]
async fn a_link_taken_up_twice_at_once_makes_one_member() {
    let house = House::new().await;
    let token = invite(&house.as_manager(), &house.doctor, "neuf@cabinet.example", Rights::Desk).await;
    let (one, other) = (house.world.ctx(Actor::Nobody), house.world.ctx(Actor::Nobody));
    let (first, second) =
        tokio::join!(accept_invitation(&one, token, PASSWORD), accept_invitation(&other, token, PASSWORD));
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    assert_eq!(house.world.count("SELECT count(*) FROM account WHERE email LIKE 'neuf%'").await, 1);
}

#[tokio::test]
async fn somebody_may_work_for_two_practices_with_their_own_password() {
    let house = House::new().await;
    let (world, admin) = (&house.world, house.world.admin());
    let other = world.practitioner(vec![]).await;
    let token = invite(&admin, &other, "accueil@cabinet.example", Rights::Desk).await;
    let nobody = world.ctx(Actor::Nobody);
    let wrong = accept_invitation(&nobody, token, "not their password").await;
    assert!(matches!(wrong, Err(IdentityRefusal::WrongCredentials)), "{wrong:?}");
    let joined = accept_invitation(&nobody, token, PASSWORD).await.expect("their own password");
    assert_eq!(joined.id, house.desk.id);
    assert!(matches!(joined.actor, Actor::Staff { organizations, .. } if organizations.len() == 2));
}

#[tokio::test]
async fn another_practice_has_no_say() {
    let house = House::new().await;
    let stranger = house.world.practitioner(vec![]).await;
    let foreign =
        join(&house.world, &house.world.admin(), &stranger, "ailleurs@cabinet.example", Rights::Manager)
            .await;
    let ctx = house.world.ctx(foreign.actor);
    let organization = house.doctor.organization;
    assert!(identity::staff(&ctx, organization).await.is_err());
    assert!(identity::set_rights(&ctx, organization, house.desk.id, Rights::Manager).await.is_err());
    assert!(identity::remove_member(&ctx, organization, house.desk.id).await.is_err());
    // Nor does one's own office reach into another's.
    let reached = identity::remove_member(&ctx, stranger.organization, house.desk.id).await;
    assert!(matches!(reached, Err(IdentityRefusal::NotFound)), "{reached:?}");
}
