//! What a process can be: a closed list.

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;
use rendez_domain::identity::IdentityRefusal;
use rendez_domain::notify::{MailKind, deliver};
use rendez_domain::{Ctx, Services, booking, idempotency, identity, notify, personal, waiting};
use rendez_platform::auth::session;
use rendez_platform::change_log::maintain_partitions;
use rendez_platform::config::Retention;
use rendez_platform::fault::Fault;
use rendez_platform::jobs::{Job, JobError, JobHandler, Runner, Sweep, purge_finished};
use rendez_platform::mail::Mailer;
use rendez_platform::store::Store;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, WishId};
use uuid::Uuid;

/// A part of the platform that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Pages and JSON API
    Api,
    /// Keeps the search index in memory, and answers searches from it
    Search,
    /// Jobs: mail, expiry, retention
    Worker,
}

/// How often expired holds are swept. They never block before that either.
const EXPIRY_EVERY: Duration = Duration::from_secs(5);
/// How often those who wait are told of what was freed meanwhile.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);
/// How often wishes that are over are noted, and those that nothing was heard of are looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const UPKEEP_EVERY: Duration = Duration::from_secs(15 * 60);

/// The worker with its handlers and sweeps.
pub(crate) fn worker(services: &Arc<Services>, mailer: Mailer, retention: Retention) -> Runner {
    let ctx = Ctx::server(Arc::clone(services));
    let mailer = Arc::new(mailer);
    let mut runner = Runner::new(services.store.clone());
    for kind in MailKind::ALL {
        runner = runner.handle(kind.job(), MailJob { ctx: ctx.clone(), mailer: Arc::clone(&mailer), kind });
    }
    for kind in [waiting::FREED_JOB, waiting::WISH_JOB] {
        runner = runner.handle(kind, WaitingJob { ctx: ctx.clone() });
    }
    runner = runner.handle(personal::FORGET_JOB, ForgetJob { ctx: ctx.clone() });
    runner = runner.handle(identity::SEND_MAIL, WrittenMailJob { ctx: ctx.clone(), mailer });
    let (follower, looker) = (ctx.clone(), ctx.clone());
    let expiry = ctx.clone();
    let upkeep = ctx;
    runner
        .sweep(Sweep::new("expire-holds", EXPIRY_EVERY, move || {
            let ctx = expiry.clone();
            async move { booking::sweep(&ctx).await.map(|_| ()) }
        }))
        .sweep(Sweep::new("waiting-list", FOLLOW_EVERY, move || {
            let ctx = follower.clone();
            async move { waiting::follow(&ctx).await.map(|_| ()) }
        }))
        .sweep(Sweep::new("waiting-again", LOOK_EVERY, move || {
            let ctx = looker.clone();
            async move { waiting::look_again(&ctx).await.map(|_| ()) }
        }))
        .sweep(Sweep::new("retention", UPKEEP_EVERY, move || {
            let ctx = upkeep.clone();
            async move { forget(&ctx.store, retention).await }
        }))
}

/// Drops what is past its retention. What cannot be dropped keeps nothing else from it; the first failure is the answer.
async fn forget(store: &Store, retention: Retention) -> Result<(), Fault> {
    let steps: [(&str, BoxFuture<'_, Result<(), Fault>>); 7] = [
        ("changes", Box::pin(forget_changes(store, retention.change_days))),
        ("jobs", Box::pin(forget_jobs(store, retention.job_days))),
        ("sessions", Box::pin(forget_sessions(store))),
        ("answers", Box::pin(idempotency::purge(store, retention.idempotency_hours).map_ok(|_| ()))),
        ("invitations", Box::pin(identity::purge_invitations(store, retention.mail_days).map_ok(|_| ()))),
        ("password links", Box::pin(identity::purge_resets(store).map_ok(|_| ()))),
        ("mails", Box::pin(notify::purge(store, retention.mail_days).map_ok(|_| ()))),
    ];
    let mut first = Ok(());
    for (what, step) in steps {
        if let Err(fault) = step.await {
            tracing::warn!(what, error = ?fault, "what is past its retention could not be dropped");
            first = first.and(Err(fault));
        }
    }
    first
}

async fn forget_changes(store: &Store, keep_days: u16) -> Result<(), Fault> {
    let mut conn = store.read_fresh().await?;
    let now = conn.query_one("SELECT rendez_now()", &[]).await?.get(0);
    maintain_partitions(&mut conn, now, keep_days).await.map(|_| ())
}

async fn forget_jobs(store: &Store, keep_days: u16) -> Result<(), Fault> {
    purge_finished(&*store.read_fresh().await?, keep_days).await.map(|_| ())
}

async fn forget_sessions(store: &Store) -> Result<(), Fault> {
    let conn = store.read_fresh().await?;
    while session::purge(&*conn, 1000).await? == 1000 {}
    Ok(())
}

/// Writes and sends a mail about a visit.
struct MailJob {
    ctx: Ctx,
    mailer: Arc<Mailer>,
    kind: MailKind,
}

impl JobHandler for MailJob {
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let unreadable = || JobError::Never("the payload names no appointment".into());
            let id =
                job.payload["appointment"].as_str().and_then(|id| id.parse().ok()).ok_or_else(unreadable)?;
            let version = job.payload["version"].as_i64().ok_or_else(unreadable)?;
            deliver(&self.ctx, &self.mailer, self.kind, AppointmentId::from_uuid(id), version).await
        })
    }
}

/// Gives free times to those who wait: a practitioner's, or any that fits a wish.
struct WaitingJob {
    ctx: Ctx,
}

impl JobHandler for WaitingJob {
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let named = |name: &str| job.payload[name].as_str().and_then(|id| id.parse::<Uuid>().ok());
            match (named("practitioner"), named("wish")) {
                (Some(practitioner), _) => {
                    waiting::offer_freed(&self.ctx, PractitionerId::from_uuid(practitioner)).await?;
                }
                (None, Some(wish)) => {
                    waiting::offer_to(&self.ctx, WishId::from_uuid(wish)).await?;
                }
                (None, None) => return Err(JobError::Never("the payload names nobody".into())),
            }
            Ok(())
        })
    }
}

/// Empties the record of somebody who has deleted their account, when no practice has to keep it any more.
struct ForgetJob {
    ctx: Ctx,
}

impl JobHandler for ForgetJob {
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let patient = job.payload["patient"].as_str().and_then(|id| id.parse().ok());
            let patient = patient.ok_or_else(|| JobError::Never("the payload names no patient".into()))?;
            match personal::forget_patient(&self.ctx, PatientId::from_uuid(patient)).await {
                Ok(()) => Ok(()),
                Err(IdentityRefusal::Fault(fault)) => Err(fault.into()),
                Err(refusal) => Err(JobError::Never(refusal.to_string())),
            }
        })
    }
}

/// Sends a mail that the command has written itself.
struct WrittenMailJob {
    ctx: Ctx,
    mailer: Arc<Mailer>,
}

impl JobHandler for WrittenMailJob {
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let unreadable = || JobError::Never("the payload names no mail".into());
            let id = job.payload["mail"].as_str().and_then(|id| id.parse().ok()).ok_or_else(unreadable)?;
            notify::send_written(&self.ctx, &self.mailer, id).await
        })
    }
}

#[cfg(test)]
mod tests {
    use rendez_testkit::World;

    use super::*;

    #[tokio::test]
    async fn old_mails_go_and_one_failure_keeps_nothing_else() {
        let world = World::new().await;
        let client = world.database.connect().await;
        client
            .batch_execute(
                "INSERT INTO mail (id, to_address, subject, body, created_at)
                 SELECT gen_random_uuid(), 'a@b.example', 's', 'b', rendez_now() - make_interval(days => days)
                 FROM unnest(ARRAY[1, 29, 31, 400]) AS days;
                 ALTER TABLE job RENAME TO job_elsewhere",
            )
            .await
            .expect("four mails and no jobs");
        let retention = Retention { change_days: 7, idempotency_hours: 24, job_days: 7, mail_days: 30 };
        assert!(forget(&world.services.store, retention).await.is_err(), "jobs could not be dropped");
        assert_eq!(world.count("SELECT count(*) FROM mail").await, 2);
    }
}
