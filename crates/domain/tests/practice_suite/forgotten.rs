//! A password that was forgotten: whoever has the link has the account, once and for an hour.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use rendez_domain::Ctx;
use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{
    self, Account, IdentityRefusal, LinkMail, LinkToken, MOST_RESETS, NewPatientAccount, RESET_MINUTES,
    forgot_password, purge_resets, reset_owner, reset_password,
};
use rendez_domain::{notify, personal};
use rendez_platform::auth::session::{self, SessionLifetime};
use rendez_platform::auth::{SessionToken, TokenAccount};
use rendez_platform::mail::Mailer;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::AccountId;

use crate::house::{House, PASSWORD};

const EMAIL: &str = "maelle@example.org";
const ANOTHER: &str = "encore une phrase assez longue";

async fn maelle(world: &World) -> Account {
    let account = NewPatientAccount {
        patient: NewPatient {
            given_name: "Maëlle".into(),
            family_name: "Quatremaille".into(),
            email: Some(EMAIL.into()),
            locale: Some("de".into()),
            ..NewPatient::default()
        },
        email: EMAIL.into(),
        consents: vec!["booking".into()],
        password: PASSWORD.into(),
    };
    identity::register_patient(&world.ctx(Actor::Nobody), account).await.expect("an account")
}

/// Asks for a link; the token and the language of its mail, if there is one.
async fn ask(ctx: &Ctx, email: &str) -> Option<(LinkToken, String)> {
    let seen = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&seen);
    let words = move |language: Option<&str>, token: &LinkToken| {
        *kept.lock().expect("one thread") = Some((*token, language.unwrap_or("none").to_owned()));
        LinkMail { subject: "a link".into(), body: token.reveal() }
    };
    forgot_password(ctx, email, words).await.expect("the same answer for everybody");
    seen.lock().expect("one thread").take()
}

async fn link(ctx: &Ctx, email: &str) -> LinkToken {
    ask(ctx, email).await.expect("a mail").0
}

async fn session_of(world: &World, account: AccountId) -> SessionToken {
    let token = SessionToken::new(&*world.services.entropy);
    let lifetime =
        SessionLifetime { idle: SignedDuration::from_hours(1), total: SignedDuration::from_hours(2) };
    let conn = world.services.store.read_fresh().await.expect("a connection");
    session::create(&*conn, &token, account, lifetime).await.expect("a session");
    token
}

async fn lives(world: &World, token: &SessionToken) -> bool {
    let conn = world.services.store.read_fresh().await.expect("a connection");
    session::find(&*conn, token).await.expect("an answer").is_some()
}

#[tokio::test]
async fn the_link_counts_once_and_ends_what_the_old_password_opened() {
    let world = World::new().await;
    let (nobody, owner) = (world.ctx(Actor::Nobody), maelle(&world).await);
    let session = session_of(&world, owner.id).await;
    let bearer = TokenAccount { id: owner.id, version: 1 };
    let (token, language) = ask(&nobody, " Maelle@Example.org ").await.expect("a mail");
    assert_eq!(language, "de", "mails are in the account's language");
    let other = link(&nobody, EMAIL).await;
    assert_eq!(reset_owner(&nobody, token).await.expect("it counts"), EMAIL);
    assert!(identity::sign_in(&nobody, EMAIL, PASSWORD).await.is_ok(), "to ask changes nothing");
    assert!(lives(&world, &session).await);

    let short = reset_password(&nobody, token, "short").await;
    assert!(matches!(short, Err(IdentityRefusal::Password(_))), "{short:?}");
    let made = reset_password(&nobody, token, ANOTHER).await.expect("it counts");
    assert_eq!((made.id, &made.actor), (owner.id, &owner.actor));
    assert!(!lives(&world, &session).await, "sessions end");
    assert!(!identity::token_stands(&world.services.store, bearer).await.expect("an answer"), "tokens end");
    for (which, over) in [("used", token), ("the other one", other)] {
        let refused = reset_password(&nobody, over, PASSWORD).await;
        assert!(matches!(refused, Err(IdentityRefusal::NotFound)), "{which}: {refused:?}");
    }
    assert!(identity::sign_in(&nobody, EMAIL, ANOTHER).await.is_ok());
    let old = identity::sign_in(&nobody, EMAIL, PASSWORD).await;
    assert!(matches!(old, Err(IdentityRefusal::WrongCredentials)), "{old:?}");
    let noted = format!(
        "SELECT count(*) FROM audit WHERE action = 'account.password' AND subject_id = '{}' AND actor = '{}'",
        owner.id.uuid(),
        owner.actor
    );
    assert_eq!(world.count(&noted).await, 1);
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'account.forgotten'").await, 2);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_wins() {
    let world = World::new().await;
    maelle(&world).await;
    let (one, other) = (world.ctx(Actor::Nobody), world.ctx(Actor::Nobody));
    let token = link(&one, EMAIL).await;
    let (first, second) =
        tokio::join!(reset_password(&one, token, ANOTHER), reset_password(&other, token, "yet another one"));
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    // The same with two links of one account: whoever is first ends the other's.
    let (mine, theirs) = (link(&one, EMAIL).await, link(&one, EMAIL).await);
    let (first, second) =
        tokio::join!(reset_password(&one, mine, ANOTHER), reset_password(&other, theirs, "yet another one"));
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'account.password'").await, 2);
}

#[tokio::test]
async fn a_link_that_is_late_or_invented_does_nothing() {
    let world = World::new().await;
    maelle(&world).await;
    let nobody = world.ctx(Actor::Nobody);
    let token = link(&nobody, EMAIL).await;
    let invented = LinkToken::read(&"A".repeat(43)).expect("the form of a token");
    world.let_pass(SignedDuration::from_mins(RESET_MINUTES.into())).await;
    for over in [token, invented] {
        let refused = reset_owner(&nobody, over).await;
        assert!(matches!(refused, Err(IdentityRefusal::NotFound)), "{refused:?}");
        let refused = reset_password(&nobody, over, ANOTHER).await;
        assert!(matches!(refused, Err(IdentityRefusal::NotFound)), "{refused:?}");
    }
    assert!(identity::sign_in(&nobody, EMAIL, PASSWORD).await.is_ok(), "as it was");
    assert_eq!(purge_resets(&world.services.store).await.expect("upkeep"), 1);
    assert!(LinkToken::read("garbage").is_none());
}

#[tokio::test]
async fn an_unknown_address_gets_the_same_answer_and_writes_nothing() {
    let world = World::new().await;
    maelle(&world).await;
    let nobody = world.ctx(Actor::Nobody);
    let writes =
        "SELECT (SELECT count(*) FROM mail) + (SELECT count(*) FROM job) + (SELECT count(*) FROM audit)
        + (SELECT count(*) FROM password_reset) + (SELECT count(*) FROM idempotency)";
    let before = world.count(writes).await;
    for unknown in ["nobody@example.org", "", "maelle@example.or"] {
        assert!(ask(&nobody, unknown).await.is_none(), "{unknown}");
    }
    assert_eq!(world.count(writes).await, before);
}

#[tokio::test]
async fn nobody_fills_a_mailbox_and_a_form_sent_twice_asks_once() {
    let world = World::new().await;
    maelle(&world).await;
    let nobody = world.ctx(Actor::Nobody);
    let once = Ctx {
        idempotency: world
            .patient_with_key(world.patient().await, "POST /password/forgotten", "one")
            .idempotency,
        ..nobody.clone()
    };
    for _ in 0..2 {
        ask(&once, EMAIL).await;
    }
    assert_eq!(world.count("SELECT count(*) FROM password_reset").await, 1);
    let (first, second) = tokio::join!(ask(&nobody, EMAIL), ask(&nobody, EMAIL));
    assert!(first.is_some() && second.is_some());
    for _ in 0..3 {
        ask(&nobody, EMAIL).await;
    }
    for table in ["password_reset", "mail", "job WHERE kind = 'mail.written'"] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, i64::from(MOST_RESETS));
    }
    world.let_pass(SignedDuration::from_mins(61)).await;
    link(&nobody, EMAIL).await;
    assert_eq!(world.count("SELECT count(*) FROM password_reset").await, 1, "the old ones are over");
}

#[tokio::test]
async fn the_mail_is_sent_once() {
    let world = World::new().await;
    maelle(&world).await;
    let token = link(&world.ctx(Actor::Nobody), EMAIL).await;
    let server = Ctx::server(Arc::clone(&world.services));
    let mails = notify::kept_mails(&server).await.expect("mails");
    assert!(mails.len() == 1 && mails[0].to == EMAIL && mails[0].body == token.reveal());
    let mailer = Mailer::new(None, "rendez@example.org").expect("a mailer");
    for _ in 0..2 {
        notify::send_written(&server, &mailer, mails[0].id).await.expect("safe to run twice");
    }
    assert_eq!(world.count("SELECT count(*) FROM mail WHERE sent_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn everybody_with_an_account_may_forget() {
    let house = House::new().await;
    let nobody = house.world.ctx(Actor::Nobody);
    let (token, language) = ask(&nobody, "accueil@cabinet.example").await.expect("a mail");
    assert_eq!(language, "none", "staff have no language of their own");
    let made = reset_password(&nobody, token, ANOTHER).await.expect("it counts");
    assert_eq!((made.id, &made.actor), (house.desk.id, &house.desk.actor));
    let of_practice = "SELECT count(*) FROM audit WHERE action IN ('account.forgotten', 'account.password')
        AND organization_id IS NOT NULL";
    assert_eq!(house.world.count(of_practice).await, 2, "both stand in the practice's trail");

    let client = house.world.database.connect().await;
    for (role, email) in [("practitioner", "docteur@cabinet.example"), ("admin", "ops@rendez.example")] {
        let practitioner = (role == "practitioner").then(|| house.doctor.id.uuid());
        client
            .execute(
                "INSERT INTO account (id, email, password_hash, role, practitioner_id) VALUES (gen_random_uuid(), $1, 'x', $2, $3)",
                &[&email, &role, &practitioner],
            )
            .await
            .expect("an account");
        let token = link(&nobody, email).await;
        let made = reset_password(&nobody, token, ANOTHER).await.expect("it counts");
        assert_eq!(made.actor.role(), role);
        assert_eq!(identity::sign_in(&nobody, email, ANOTHER).await.expect("it is the password").id, made.id);
    }
}

#[tokio::test]
async fn another_address_or_password_ends_the_links() {
    let world = World::new().await;
    let owner = maelle(&world).await;
    let (nobody, own) = (world.ctx(Actor::Nobody), world.ctx(owner.actor));
    let token = link(&nobody, EMAIL).await;
    identity::change_password(&own, PASSWORD, ANOTHER, None).await.expect("the right password");
    assert!(reset_owner(&nobody, token).await.is_err(), "a new password");
    let token = link(&nobody, EMAIL).await;
    identity::change_email(&own, ANOTHER, "mq@example.org").await.expect("the right password");
    assert!(reset_owner(&nobody, token).await.is_err(), "a new address");
}

#[tokio::test]
async fn who_is_signed_in_cannot_read_the_link_and_takes_it_along() {
    let world = World::new().await;
    let owner = maelle(&world).await;
    let (nobody, own) = (world.ctx(Actor::Nobody), world.ctx(owner.actor));
    let token = link(&nobody, EMAIL).await;
    let all = personal::export(&own).await.expect("an export");
    assert!(all.contains("\"password_links\"") && all.contains("a link"), "{all}");
    assert!(!all.contains(&token.reveal()), "{all}");
    personal::delete_account(&own, PASSWORD).await.expect("the right password");
    assert!(reset_owner(&nobody, token).await.is_err());
    assert_eq!(world.count("SELECT count(*) FROM password_reset").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM mail").await, 0);
}

#[tokio::test]
async fn who_works_here_has_an_account_of_their_own() {
    let house = House::new().await;
    let (world, desk) = (&house.world, house.as_desk());
    let (here, there) = (session_of(world, house.desk.id).await, session_of(world, house.desk.id).await);
    let seen = identity::work_account(&desk, Some(here.hash())).await.expect("their own");
    assert_eq!((seen.id, seen.email.as_str()), (house.desk.id, "accueil@cabinet.example"));
    assert_eq!(seen.sessions.iter().filter(|session| session.is_this).count(), 1);
    assert!(identity::work_account(&desk, None).await.is_err(), "a token has no account");
    identity::end_other_sessions(&desk, Some(here.hash())).await.expect("they are theirs");
    assert!(lives(world, &here).await && !lives(world, &there).await);

    let wrong = identity::change_password(&desk, ANOTHER, PASSWORD, Some(here.hash())).await;
    assert!(matches!(wrong, Err(IdentityRefusal::WrongCredentials)), "{wrong:?}");
    let there = session_of(world, house.desk.id).await;
    identity::change_password(&desk, PASSWORD, ANOTHER, Some(here.hash())).await.expect("the right password");
    assert!(lives(world, &here).await && !lives(world, &there).await);
    assert!(identity::sign_in(&desk, "accueil@cabinet.example", ANOTHER).await.is_ok());
    let bearer = TokenAccount { id: house.desk.id, version: 1 };
    assert!(!identity::token_stands(&world.services.store, bearer).await.expect("an answer"));

    let patient = world.ctx(maelle(world).await.actor);
    assert!(identity::work_account(&patient, Some(here.hash())).await.is_err(), "patients have another page");
}
