//! Signing in, staying, leaving; on a real PostgreSQL whose clock the test moves.

use rendez_testkit::TestDatabase;
use rendez_vocab::entropy::SeededEntropy;

use super::*;
use crate::store::{Conn, Store, StoreSettings};

const LIFETIME: SessionLifetime =
    SessionLifetime { idle: SignedDuration::from_hours(12), total: SignedDuration::from_hours(48) };

struct Scene {
    database: TestDatabase,
    store: Store,
    entropy: SeededEntropy,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let store = Store::new(database.config(), &StoreSettings::default()).expect("a pool on a socket");
        Self { database, store, entropy: SeededEntropy::new(1) }
    }

    async fn connection(&self) -> Conn {
        self.store.read_fresh().await.expect("a connection")
    }

    async fn account(&self) -> AccountId {
        let account = AccountId::new(Timestamp::UNIX_EPOCH, &self.entropy);
        let sql = "INSERT INTO account (id, email, password_hash, role) VALUES ($1, $2, 'x', 'admin')";
        let email = format!("{account}@example.org");
        self.connection().await.execute(sql, &[&account.uuid(), &email]).await.expect("an account");
        account
    }

    async fn sign_in(&self, account: AccountId) -> SessionToken {
        let token = SessionToken::new(&self.entropy);
        create(&*self.connection().await, &token, account, LIFETIME).await.expect("a session");
        token
    }

    async fn find(&self, token: &SessionToken) -> Option<Session> {
        find(&*self.connection().await, token).await.expect("looked up")
    }

    async fn visit(&self, token: &SessionToken) -> bool {
        let session = self.find(token).await.expect("alive");
        touch(&*self.connection().await, &session, LIFETIME).await.expect("touched")
    }

    async fn hours_pass(&self, hours: i64) {
        self.database.shift_clock(SignedDuration::from_hours(hours)).await;
    }
}

#[test]
fn a_token_comes_back_from_its_cookie_and_is_never_printed() {
    let token = SessionToken::new(&SeededEntropy::new(1));
    let cookie = token.reveal();
    assert_eq!(cookie.len(), 43);
    assert_eq!(SessionToken::from_cookie(&cookie), Some(token.clone()));
    assert_eq!(format!("{token:?} {:?}", token.hash()), "SessionToken(…) SessionHash(…)");
    for wrong in ["", "x", &cookie[1..], &format!("{cookie}A"), "ä"] {
        assert!(SessionToken::from_cookie(wrong).is_none());
    }
}

#[tokio::test]
async fn whoever_signed_in_is_known_until_they_sign_out() {
    let scene = Scene::new().await;
    let account = scene.account().await;
    let (here, there) = (scene.sign_in(account).await, scene.sign_in(account).await);
    assert_eq!(scene.find(&here).await.map(|session| session.account), Some(account));
    assert!(scene.find(&SessionToken::new(&scene.entropy)).await.is_none(), "a token nobody was given");

    revoke(&*scene.connection().await, &here).await.expect("signed out");
    revoke(&*scene.connection().await, &here).await.expect("signed out twice");
    assert!(scene.find(&here).await.is_none());
    assert!(scene.find(&there).await.is_some(), "the other device stays");
    let ended = revoke_all(&*scene.connection().await, account).await.expect("a new password");
    assert_eq!(ended, 1);
    assert!(scene.find(&there).await.is_none());
}

#[tokio::test]
async fn a_session_lives_on_while_it_is_used_but_not_for_ever() {
    let scene = Scene::new().await;
    let token = scene.sign_in(scene.account().await).await;
    scene.hours_pass(5).await;
    assert!(!scene.visit(&token).await, "less than half of its time has passed");
    for hours in [6, 10, 10, 10] {
        scene.hours_pass(hours).await;
        assert!(scene.visit(&token).await);
    }
    scene.hours_pass(6).await;
    assert!(!scene.visit(&token).await, "47 hours have passed, and nothing moves its last end");
    scene.hours_pass(1).await;
    assert!(scene.find(&token).await.is_none());
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_and_is_swept() {
    let scene = Scene::new().await;
    let account = scene.account().await;
    let (old, older) = (scene.sign_in(account).await, scene.sign_in(account).await);
    let session = scene.find(&old).await.expect("alive");
    scene.hours_pass(12).await;
    let young = scene.sign_in(account).await;
    assert!(scene.find(&old).await.is_none() && scene.find(&older).await.is_none());
    let connection = scene.connection().await;
    assert!(!touch(&*connection, &session, LIFETIME).await.expect("touched"), "the dead do not come back");
    assert_eq!(purge(&*connection, 1).await.expect("swept"), 1);
    assert_eq!(purge(&*connection, 100).await.expect("swept"), 1);
    assert_eq!(purge(&*connection, 100).await.expect("swept"), 0);
    assert!(scene.find(&young).await.is_some());
}
