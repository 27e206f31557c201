//! What a process can be: a closed list.

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use futures_util::future::BoxFuture;
use rendez_domain::notify::{MailKind, deliver};
use rendez_domain::{Ctx, Services, booking, idempotency};
use rendez_platform::auth::session;
use rendez_platform::change_log::maintain_partitions;
use rendez_platform::config::Retention;
use rendez_platform::fault::Fault;
use rendez_platform::jobs::{Job, JobError, JobHandler, Runner, Sweep, purge_finished};
use rendez_platform::mail::Mailer;
use rendez_vocab::ids::AppointmentId;

/// A part of the platform that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Pages and JSON API
    Api,
    /// Answers searches; as long as they are SQL, within api
    Search,
    /// Jobs: mail, expiry, retention
    Worker,
}

/// How often expired holds are swept. They never block before that either.
const EXPIRY_EVERY: Duration = Duration::from_secs(5);
const UPKEEP_EVERY: Duration = Duration::from_secs(15 * 60);

/// The worker with its handlers and sweeps.
pub(crate) fn worker(services: &Arc<Services>, mailer: Mailer, retention: Retention) -> Runner {
    let ctx = Ctx::server(Arc::clone(services));
    let mailer = Arc::new(mailer);
    let mut runner = Runner::new(services.store.clone());
    for kind in MailKind::ALL {
        runner =
            runner.handle(kind.job(), MailJob { ctx: ctx.clone(), mailer: Arc::clone(&mailer), kind });
    }
    let expiry = ctx.clone();
    let upkeep = ctx;
    runner
        .sweep(Sweep::new("expire-holds", EXPIRY_EVERY, move || {
            let ctx = expiry.clone();
            async move { booking::sweep(&ctx).await.map(|_| ()) }
        }))
        .sweep(Sweep::new("retention", UPKEEP_EVERY, move || {
            let ctx = upkeep.clone();
            async move { forget(&ctx, retention).await }
        }))
}

/// Drops what is past its retention.
async fn forget(ctx: &Ctx, retention: Retention) -> Result<(), Fault> {
    let mut conn = ctx.store.read_fresh().await?;
    let now = conn.query_one("SELECT rendez_now()", &[]).await?.get(0);
    maintain_partitions(&mut conn, now, retention.change_days).await?;
    purge_finished(&*conn, retention.job_days).await?;
    while session::purge(&*conn, 1000).await? == 1000 {}
    drop(conn);
    idempotency::purge(&ctx.store, retention.idempotency_hours).await?;
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
            let id = job.payload["appointment"].as_str().and_then(|id| id.parse().ok()).ok_or_else(unreadable)?;
            let version = job.payload["version"].as_i64().ok_or_else(unreadable)?;
            deliver(&self.ctx, &self.mailer, self.kind, AppointmentId::from_uuid(id), version).await
        })
    }
}
