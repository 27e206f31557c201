//! A practice with people: somebody manages it, somebody sits at its desk.

use std::sync::{Arc, Mutex};

use rendez_domain::Ctx;
use rendez_domain::directory::{self, NewPatient, Practitioner};
use rendez_domain::idempotency::Answer;
use rendez_domain::identity::{self, Account, LinkMail, LinkToken, NewInvitation, Rights, accept_invitation};
use rendez_domain::practice::{self, Workplace};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::PatientId;
use serde_json::Value;

pub(crate) const PASSWORD: &str = "une phrase assez longue";

/// A practice.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) doctor: Practitioner,
    pub(crate) manager: Account,
    pub(crate) desk: Account,
}

impl House {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let doctor = world.practitioner(vec![]).await;
        let manager = join(&world, &world.admin(), &doctor, "chef@cabinet.example", Rights::Manager).await;
        let asks = world.ctx(manager.actor.clone());
        let desk = join(&world, &asks, &doctor, "accueil@cabinet.example", Rights::Desk).await;
        Self { world, doctor, manager, desk }
    }

    pub(crate) fn as_manager(&self) -> Ctx {
        self.world.ctx(self.manager.actor.clone())
    }

    pub(crate) fn as_desk(&self) -> Ctx {
        self.world.ctx(self.desk.actor.clone())
    }

    /// Where somebody works, who works somewhere.
    pub(crate) async fn place(&self, ctx: &Ctx) -> Workplace {
        practice::workplace(ctx, None).await.expect("somebody of the practice").expect("a workplace")
    }

    /// Enters a patient at the desk.
    pub(crate) async fn patient(&self, given: &str, family: &str) -> PatientId {
        enter(&self.as_desk(), given, family).await
    }
}

/// Enters a patient.
pub(crate) async fn enter(ctx: &Ctx, given: &str, family: &str) -> PatientId {
    let new = NewPatient { given_name: given.into(), family_name: family.into(), ..NewPatient::default() };
    match directory::create_patient(ctx, new, |_| Value::Null).await.expect("a patient") {
        Answer::Fresh(made) => made.id,
        Answer::Replayed(_) => panic!("nothing to replay"),
    }
}

/// Invites somebody and gives back the link's token.
pub(crate) async fn invite(ctx: &Ctx, doctor: &Practitioner, email: &str, rights: Rights) -> LinkToken {
    let seen = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&seen);
    let new = NewInvitation { email: email.into(), rights };
    let words = move |name: &str, token: &LinkToken| {
        *kept.lock().expect("one thread") = Some(*token);
        LinkMail { subject: name.to_owned(), body: token.reveal() }
    };
    identity::invite(ctx, doctor.organization, new, words).await.expect("an invitation");
    let token = seen.lock().expect("one thread").take();
    token.expect("the mail was written")
}

/// Somebody is invited and takes it up.
pub(crate) async fn join(
    world: &World,
    ctx: &Ctx,
    doctor: &Practitioner,
    email: &str,
    rights: Rights,
) -> Account {
    let token = invite(ctx, doctor, email, rights).await;
    accept_invitation(&world.ctx(Actor::Nobody), token, PASSWORD).await.expect("a member")
}
