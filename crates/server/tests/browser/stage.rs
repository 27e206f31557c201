//! What a story needs: a small demo world, the program over it, and a browser. All of it ends with the story.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use rendez_domain::booking::{self, Appointment, OverbookRequest};
use rendez_domain::directory::{self, NewPatient, Practitioner};
use rendez_domain::idempotency::Answer;
use rendez_domain::identity::{self, Account, NewPatientAccount};
use rendez_domain::regions::packs;
use rendez_platform::store::Conn;
use rendez_server::demo::{self, Size};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::{PatientId, PractitionerId};
use serde_json::Value;

use crate::browser::{Browser, Scripts};
use crate::program::Program;

const SMALL: Size = Size { practitioners: 150, patients: 200 };
const SEED: u64 = 7;
/// The password of everybody who signs up in a test.
pub(crate) const PASSWORD: &str = "une phrase assez longue";

/// Finds the times of a doctor's later days: their holds last the whole half hour, at whatever hour the tests run. That of
/// a time of the present day ends with what is left until then.
pub(crate) const OF_A_LATER_DAY: &str = ".week > li ~ li button.slot";

/// The world of a story.
pub(crate) struct Stage {
    pub(crate) world: World,
    /// The practitioner whom the demo's practice logins belong to. Everybody may book each of their visit types.
    pub(crate) doctor: Practitioner,
    /// Where the program listens.
    pub(crate) url: String,
}

/// Plays a story in a browser that runs scripts.
pub(crate) async fn play(story: impl AsyncFnOnce(&Stage, &Browser)) {
    play_with(Scripts::On, story).await;
}

/// Plays a story in a browser.
pub(crate) async fn play_with(scripts: Scripts, story: impl AsyncFnOnce(&Stage, &Browser)) {
    let world = World::new().await;
    demo::load_sized(&world.services.store, &packs()[0], SEED, SMALL, |_, _| ())
        .await
        .expect("an empty database");
    let folder = tempfile::tempdir().expect("a folder");
    let rendez = Program::rendez(&world.database, folder.path()).await;
    let driver = Program::chromedriver().await;
    let browser = Browser::open(&driver.url, &rendez.url, &folder.path().join("browser"), scripts).await;
    let doctor = doctor(&world).await;
    let stage = Stage { world, doctor, url: rendez.url.clone() };
    let told = AssertUnwindSafe(story(&stage, &browser)).catch_unwind().await;
    if told.is_err() {
        browser.describe().await;
    }
    browser.close().await;
    drop((rendez, driver));
    if let Err(panic) = told {
        resume_unwind(panic);
    }
}

async fn doctor(world: &World) -> Practitioner {
    let conn: Conn = world.services.store.read_fresh().await.expect("a connection");
    let sql = "SELECT practitioner_id FROM account WHERE role = 'practitioner'";
    let id = PractitionerId::from_uuid(conn.query_one(sql, &[]).await.expect("the demo's doctor").get(0));
    directory::practitioner(&world.admin(), id).await.expect("the doctor's record")
}

impl Stage {
    /// Somebody with an account of their own, and nothing booked.
    pub(crate) async fn somebody(&self, email: &str) -> PatientId {
        let account = NewPatientAccount {
            patient: NewPatient {
                given_name: "Nolwenn".into(),
                family_name: "Tanguy".into(),
                email: Some(email.into()),
                ..NewPatient::default()
            },
            email: email.into(),
            consents: vec!["booking".into()],
            password: PASSWORD.into(),
        };
        let made =
            identity::register_patient(&self.world.ctx(Actor::Nobody), account).await.expect("an account");
        match made {
            Account { actor: Actor::Patient(id), .. } => id,
            _ => panic!("who signs up is a patient"),
        }
    }

    /// Somebody whom the doctor's desk has entered, without an account.
    pub(crate) async fn at_the_desk(&self, given_name: &str) -> PatientId {
        let new = NewPatient {
            given_name: given_name.into(),
            family_name: "Tanguy".into(),
            ..NewPatient::default()
        };
        let desk = self.world.desk_of(&self.doctor);
        match directory::create_patient(&desk, new, |_| Value::Null).await.expect("a patient") {
            Answer::Fresh(made) => made.id,
            Answer::Replayed(_) => panic!("nothing to replay"),
        }
    }

    /// The desk squeezes a patient in: a visit with the doctor that began some minutes ago.
    pub(crate) async fn squeeze_in(&self, patient: PatientId, minutes_ago: i64) -> Appointment {
        let ago = jiff::SignedDuration::from_mins(minutes_ago);
        let start = self.world.services.clock.now().checked_sub(ago).expect("a near time");
        let request = OverbookRequest {
            practitioner: self.doctor.id,
            visit_type: self.doctor.visit_types[0].id,
            patient,
            start: start.round(jiff::Unit::Minute).expect("a whole minute"),
            end: None,
            overbook_reason: "it cannot wait".into(),
            reason: Some("Fever since yesterday".into()),
        };
        booking::overbook(&self.world.desk_of(&self.doctor), request).await.expect("an overbooked visit")
    }

    /// The doctor's family name, which a search finds.
    pub(crate) fn doctor_name(&self) -> String {
        format!("{} {}", self.doctor.given_name, self.doctor.family_name)
    }

    /// The doctor's page.
    pub(crate) fn doctor_page(&self) -> String {
        format!("/practitioners/{}", self.doctor.id)
    }

    /// A page as a program reads it, without a browser.
    pub(crate) async fn read(&self, path: &str) -> String {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.expect("a text")
    }
}
