//! A patient takes their data along, and deletes their account: what goes, what stays, and for how long.

use jiff::civil::date;
use jiff::{SignedDuration, ToSpan};
use rendez_domain::booking::{self, HoldRequest, Outcome, Status};
use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{
    self, IdentityRefusal, LinkMail, LinkToken, NewInvitation, NewPatientAccount, Person, Relation, Rights,
};
use rendez_domain::{Ctx, notify, personal};
use rendez_platform::auth::SessionToken;
use rendez_platform::auth::session::{self, SessionLifetime};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, PatientId};

const PASSWORD: &str = "une phrase assez longue";
const EMAIL: &str = "maelle@example.org";

async fn maelle(world: &World) -> (Ctx, PatientId, AccountId) {
    let account = NewPatientAccount {
        patient: NewPatient {
            given_name: "Maëlle".into(),
            family_name: "Quatremaille".into(),
            birth_date: Some(date(1986, 5, 4)),
            email: Some(EMAIL.into()),
            phone: Some("+33639980001".into()),
            locale: Some("fr".into()),
        },
        email: EMAIL.into(),
        consents: vec!["booking".into(), "reminders".into()],
        password: PASSWORD.into(),
    };
    let made = identity::register_patient(&world.ctx(Actor::Nobody), account).await.expect("an account");
    let Actor::Patient(id) = made.actor else { panic!("who signs up is a patient") };
    (world.ctx(made.actor), id, made.id)
}

fn yuna() -> Person {
    Person {
        given_name: "Yuna".into(),
        family_name: "Quatremaille".into(),
        birth_date: date(2020, 5, 4),
        relation: Relation::Child,
    }
}

/// In which tables a text stands, whatever the column.
async fn where_is(world: &World, needle: &str) -> Vec<String> {
    let client = world.database.connect().await;
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition ORDER BY 1";
    let mut found = Vec::new();
    for row in client.query(tables, &[]).await.expect("tables") {
        let table: String = row.get(0);
        let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%'");
        if client.query_one(&sql, &[&needle]).await.expect("a count").get::<_, i64>(0) > 0 {
            found.push(table);
        }
    }
    found
}

async fn signed_in(world: &World, account: AccountId) -> SessionToken {
    let token = SessionToken::new(&*world.services.entropy);
    let day = SignedDuration::from_hours(24);
    let conn = world.services.store.read_fresh().await.expect("a connection");
    session::create(&*conn, &token, account, SessionLifetime { idle: day, total: day })
        .await
        .expect("a session");
    token
}

#[tokio::test]
async fn who_was_never_at_a_practice_leaves_nothing_behind() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 240).await;
    let (ctx, maelle, account) = maelle(&world).await;
    let child = identity::add_person(&ctx, yuna()).await.expect("a child");
    signed_in(&world, account).await;
    notify::renew_feed(&ctx).await.expect("a calendar");
    let keyed =
        Ctx { idempotency: world.patient_with_key(maelle, "POST /hold", "one").idempotency, ..ctx.clone() };
    let slot = world.slot(&practitioner, day.start());
    let reason = Some("an itch that nobody shall know of".to_owned());
    let held = booking::hold(&keyed, HoldRequest { slot, patient: maelle, reason }).await.expect("free");
    booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let request = HoldRequest { slot: later, patient: child, reason: None };
    let of_child = booking::hold(&ctx, request).await.expect("free");
    let mailer = rendez_platform::mail::Mailer::new(None, "rendez@example.org").expect("a mailer");
    let server = Ctx::server(std::sync::Arc::clone(&world.services));
    let kind = notify::MailKind::Confirmation;
    notify::deliver(&server, &mailer, kind, held.id, held.version + 1).await.expect("a mail");
    for needle in ["Quatremaille", EMAIL, "an itch", "39980001", "Yuna"] {
        assert!(!where_is(&world, needle).await.is_empty(), "{needle} is there before");
    }

    let wrong = personal::delete_account(&ctx, "not the password").await;
    assert!(matches!(wrong, Err(IdentityRefusal::WrongCredentials)), "{wrong:?}");
    assert_eq!(world.count("SELECT count(*) FROM account").await, 1);
    personal::delete_account(&ctx, PASSWORD).await.expect("the right password");
    for needle in ["Quatremaille", "Maëlle", "Yuna", EMAIL, "an itch", "39980001", "1986-05-04", "2020-05-04"]
    {
        assert_eq!(where_is(&world, needle).await, Vec::<String>::new(), "{needle}");
    }
    for table in ["account", "session", "consent", "calendar_feed", "care", "mail", "hold"] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    for id in [held.id, of_child.id] {
        assert_eq!(booking::find(&world.admin(), id).await.expect("kept").status, Status::Cancelled);
    }
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'account.delete'").await, 1);
    assert!(world.count("SELECT count(*) FROM audit").await > 8, "the audit stays");
    let bob = world.patient().await;
    world.hold(bob, slot).await.expect("the time is free for others");
    let again = personal::delete_account(&ctx, PASSWORD).await;
    assert!(matches!(again, Err(IdentityRefusal::Denied(_))), "{again:?}");
    let gone = identity::sign_in(&world.ctx(Actor::Nobody), EMAIL, PASSWORD).await;
    assert!(matches!(gone, Err(IdentityRefusal::WrongCredentials)));
    world.assert_consistent().await;
}

#[tokio::test]
async fn what_a_practice_has_to_keep_stays_until_its_time_is_over() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ctx, maelle, _) = maelle(&world).await;
    let child = identity::add_person(&ctx, yuna()).await.expect("a child");
    let visit = world.book(maelle, world.slot(&practitioner, day.start())).await;
    world.stop_clock_at(day.end()).await;
    let desk = world.desk_of(&practitioner);
    booking::settle(&desk, visit.id, None, Outcome::Fulfilled).await.expect("she was there");
    personal::delete_account(&ctx, PASSWORD).await.expect("the right password");

    let seen = rendez_domain::directory::patient(&desk, maelle).await.expect("the practice's own patient");
    assert_eq!((seen.family_name.as_str(), seen.birth_date), ("Quatremaille", Some(date(1986, 5, 4))));
    assert_eq!((seen.email, seen.phone), (None, None));
    assert_eq!(where_is(&world, EMAIL).await, Vec::<String>::new());
    assert_eq!(where_is(&world, "Yuna").await, Vec::<String>::new(), "the child was never there: {child}");
    let due = "SELECT count(*) FROM job WHERE kind = 'patient.forget' AND run_at > rendez_now() + interval '35 months'
        AND run_at < rendez_now() + interval '37 months'";
    assert_eq!(world.count(due).await, 1);

    // Too early it only waits anew; in its time it empties the record, and the visit stays without its patient's name.
    let server = Ctx::server(std::sync::Arc::clone(&world.services));
    personal::forget_patient(&server, maelle).await.expect("a job may run early");
    assert_eq!(where_is(&world, "Quatremaille").await, ["patient"]);
    world.stop_clock_at(day.end() + SignedDuration::from_hours(24 * 37 * 31)).await;
    personal::forget_patient(&server, maelle).await.expect("in its time");
    personal::forget_patient(&server, maelle).await.expect("twice is no error");
    assert_eq!(where_is(&world, "Quatremaille").await, Vec::<String>::new());
    assert_eq!(booking::find(&world.admin(), visit.id).await.expect("kept").status, Status::Fulfilled);
    world.assert_consistent().await;
}

#[tokio::test]
async fn what_is_given_out_is_all_of_it_and_nothing_of_others() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ctx, maelle, account) = maelle(&world).await;
    let child = identity::add_person(&ctx, yuna()).await.expect("a child");
    signed_in(&world, account).await;
    let token = notify::renew_feed(&ctx).await.expect("a calendar");
    world.book(maelle, world.slot(&practitioner, day.start())).await;
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    booking::hold(&ctx, HoldRequest { slot: later, patient: child, reason: None }).await.expect("free");
    let bob = world.patient_with_mail("bob@example.org").await;
    let last = world.slot(&practitioner, day.start() + SignedDuration::from_mins(45));
    world.book(bob, last).await;

    let text = personal::export(&ctx).await.expect("everything");
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(all["account"]["email"], EMAIL);
    assert_eq!(all["patient"]["phone"], "+33639980001");
    assert_eq!(all["people_cared_for"][0]["given_name"], "Yuna");
    let length = |part: &str| all[part].as_array().expect("a list").len();
    assert_eq!((length("visits"), length("consents"), length("sessions")), (2, 2, 1), "{text}");
    let did: Vec<_> =
        all["what_you_did"].as_array().expect("a list").iter().map(|one| &one["action"]).collect();
    for action in ["appointment.hold", "appointment.confirm", "care.declare", "calendar.renew"] {
        assert!(did.iter().any(|one| *one == action), "{action} in {did:?}");
    }
    for secret in ["bob@example.org", "password_hash", "$argon2", &token.reveal()] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(personal::export(&world.ctx(Actor::Nobody)).await.is_err());
    assert!(personal::export(&world.desk_of(&practitioner)).await.is_err());
}

#[tokio::test]
async fn mails_are_of_whom_they_were_written_to_whatever_the_address() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ctx, maelle, _) = maelle(&world).await;
    let child = identity::add_person(&ctx, yuna()).await.expect("a child");
    // Bob's record has the same address, and so has somebody who is asked to work somewhere.
    let bob = world.patient_with_mail(EMAIL).await;
    let words =
        |_: &str, token: &LinkToken| LinkMail { subject: "Come and work here".into(), body: token.reveal() };
    let new = NewInvitation { email: EMAIL.into(), rights: Rights::Desk };
    identity::invite(&world.admin(), practitioner.organization, new, words).await.expect("an invitation");
    let mailer = rendez_platform::mail::Mailer::new(None, "rendez@example.org").expect("a mailer");
    let server = Ctx::server(std::sync::Arc::clone(&world.services));
    for (quarter, patient, caller) in
        [(0, maelle, ctx.clone()), (1, child, ctx.clone()), (2, bob, world.ctx(Actor::Patient(bob)))]
    {
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * quarter));
        let held = booking::hold(&caller, HoldRequest { slot, patient, reason: None }).await.expect("free");
        let visit = booking::confirm(&caller, held.id, None, None).await.expect("in time");
        notify::deliver(&server, &mailer, notify::MailKind::Confirmation, visit.id, visit.version)
            .await
            .expect("a mail");
    }
    let mails = async |ctx: &Ctx| {
        let text = personal::export(ctx).await.expect("everything");
        let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        all["mails"].as_array().expect("a list").len()
    };
    assert_eq!(world.count("SELECT count(*) FROM mail").await, 4);
    assert_eq!(mails(&ctx).await, 2, "her own and her child's, which went to her");
    assert_eq!(mails(&world.ctx(Actor::Patient(bob))).await, 1);
    personal::delete_account(&ctx, PASSWORD).await.expect("the right password");
    assert_eq!(world.count("SELECT count(*) FROM mail").await, 2, "Bob's and the invitation");
    assert_eq!(mails(&world.ctx(Actor::Patient(bob))).await, 1);
}

#[tokio::test]
async fn address_and_password_change_for_who_knows_the_password() {
    let world = World::new().await;
    let (ctx, _, account) = maelle(&world).await;
    let (here, elsewhere) = (signed_in(&world, account).await, signed_in(&world, account).await);
    let this = Some(here.hash());
    let wrong = identity::change_password(&ctx, "guessed, not known", "another long phrase", this).await;
    assert!(matches!(wrong, Err(IdentityRefusal::WrongCredentials)), "{wrong:?}");
    let wrong = identity::change_email(&ctx, "guessed, not known", "m@example.org").await;
    assert!(matches!(wrong, Err(IdentityRefusal::WrongCredentials)), "{wrong:?}");
    let own = identity::own_account(&ctx, this).await.expect("hers");
    assert_eq!(own.sessions.iter().filter(|session| session.is_this).count(), 1);
    assert_eq!((own.email.as_str(), own.sessions.len()), (EMAIL, 2));

    identity::change_password(&ctx, PASSWORD, "another long phrase", this).await.expect("the right one");
    let conn = world.services.store.read_fresh().await.expect("a connection");
    assert!(session::find(&*conn, &here).await.expect("an answer").is_some());
    assert!(session::find(&*conn, &elsewhere).await.expect("an answer").is_none(), "signed out elsewhere");
    drop(conn);
    identity::change_email(&ctx, "another long phrase", "m@example.org").await.expect("the new one");
    let nobody = world.ctx(Actor::Nobody);
    identity::sign_in(&nobody, "m@example.org", "another long phrase").await.expect("with both");
    let other = NewPatientAccount {
        patient: NewPatient { given_name: "A".into(), family_name: "B".into(), ..NewPatient::default() },
        email: "taken@example.org".into(),
        consents: Vec::new(),
        password: PASSWORD.into(),
    };
    identity::register_patient(&nobody, other).await.expect("somebody else");
    let taken = identity::change_email(&ctx, "another long phrase", "Taken@example.org").await;
    assert!(matches!(taken, Err(IdentityRefusal::EmailTaken)), "{taken:?}");

    identity::set_consents(&ctx, &[]).await.expect("what is not needed is taken back");
    assert_eq!(identity::own_account(&ctx, None).await.expect("hers").consents, ["booking"]);
}

#[tokio::test]
async fn a_grown_childs_visit_is_not_the_mothers_to_cancel() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 6, 60).await;
    let (ctx, _, _) = maelle(&world).await;
    let today = ctx.pack.time_zone().to_datetime(ctx.clock.now()).date();
    let nearly = today.checked_add(3.days()).expect("a near day").checked_sub(18.years()).expect("a day");
    let child = identity::add_person(&ctx, Person { birth_date: nearly, ..yuna() }).await.expect("a minor");
    let request = HoldRequest { slot: world.slot(&practitioner, day.start()), patient: child, reason: None };
    let held = booking::hold(&ctx, request).await.expect("a minor");
    booking::confirm(&ctx, held.id, None, None).await.expect("a minor");
    world.let_pass(SignedDuration::from_hours(24 * 4)).await;
    personal::delete_account(&ctx, PASSWORD).await.expect("the right password");
    assert_eq!(booking::find(&world.admin(), held.id).await.expect("kept").status, Status::Booked);
    assert_eq!(where_is(&world, "Yuna").await, ["patient"], "the practice expects her");
    assert_eq!(where_is(&world, EMAIL).await, Vec::<String>::new());
    world.assert_consistent().await;
}
