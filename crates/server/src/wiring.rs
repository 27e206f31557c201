//! From settings to services: what a process is made of, in the order in which it needs each other.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::SignedDuration;
use rendez_domain::availability::{HolidayCalendar, ScheduleCache};
use rendez_domain::committed::{Committed, Nobody};
use rendez_domain::ctx::BookingSettings;
use rendez_domain::search::Searching;
use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_domain::{Services, regions};
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::session::SessionLifetime;
use rendez_platform::auth::{
    Issuer, IssuerSettings, OidcKeys, OidcSettings, Passwords, ServerSecret, Verifier,
};
use rendez_platform::change_log::{ChangeFeed, maintain_partitions};
use rendez_platform::config::Settings;
use rendez_platform::migrations;
use rendez_platform::store::Store;
use rendez_platform::telemetry::health::Readiness;
use rendez_platform::telemetry::metrics::Metrics;
use rendez_vocab::Entropy;
use rendez_vocab::clock::SystemClock;
use rendez_web::api::live::Live;
use rendez_web::middleware::admission::{Admission, Limits};
use rendez_web::{App, AppParts, DemoLogin, WebSettings};
use tokio_util::sync::CancellationToken;

use crate::search_nodes;

/// How long a database elsewhere may take to answer for the first time.
const FIRST_ANSWER: Duration = Duration::from_secs(30);
const SESSION_AT_MOST: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Several processes begin their nightly passes within so long, not all at once.
const CHECKS_WITHIN_SECONDS: i64 = 20 * 60;
const STREAMS_AT_ONCE: usize = 2000;

/// A store over a database that is at this program's schema, has its region and today's change log partition.
pub(crate) async fn store(config: &tokio_postgres::Config, settings: &Settings) -> Result<Store> {
    let store = Store::new(config, &settings.database.store())?;
    let mut conn = first_connection(&store).await?;
    let ran = migrations::run(&mut conn, &migrations::embedded()).await?;
    if !ran.is_empty() {
        tracing::info!(migrations = ran.join(", "), "the database was brought up to date");
    }
    let now = conn.query_one("SELECT rendez_now()", &[]).await?.get(0);
    maintain_partitions(&mut conn, now, settings.retention.change_days).await?;
    drop(conn);
    regions::install(&store, pack(settings)?).await?;
    Ok(store)
}

async fn first_connection(store: &Store) -> Result<rendez_platform::store::Conn> {
    let deadline = tokio::time::Instant::now() + FIRST_ANSWER;
    loop {
        match store.read_fresh().await {
            Ok(conn) => return Ok(conn),
            Err(fault) if tokio::time::Instant::now() > deadline => {
                return Err(anyhow!(fault).context("PostgreSQL cannot be reached"));
            }
            Err(fault) => tracing::warn!(error = ?fault, "PostgreSQL does not answer yet"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The pack of the region that the settings name.
pub(crate) fn pack(settings: &Settings) -> Result<&'static regions::Pack> {
    let region = settings.booking.region()?;
    regions::pack(region).with_context(|| format!("there is no pack for the region `{region}`"))
}

/// The business over a store.
pub(crate) fn services(
    store: Store,
    feed: &ChangeFeed,
    settings: &Settings,
    index: Option<Arc<SearchIndex>>,
) -> Result<Arc<Services>> {
    let pack = pack(settings)?;
    let entropy = Arc::new(SystemEntropy);
    let committed: Arc<dyn Committed> = match &index {
        Some(index) => Arc::clone(index) as _,
        None => Arc::new(Nobody),
    };
    Ok(Arc::new(Services {
        store,
        schedules: ScheduleCache::new(holidays(pack)),
        booking: BookingSettings {
            max_holds_per_patient: settings.booking.max_holds_per_patient,
            notice_grace: SignedDuration::from_mins(settings.booking.notice_grace_minutes.into()),
            max_wishes_per_patient: settings.booking.max_wishes_per_patient,
            offer: SignedDuration::from_mins(settings.booking.offer_minutes.into()),
        },
        pack,
        passwords: Passwords::new(entropy.clone()),
        clock: Arc::new(SystemClock),
        entropy,
        waker: feed.waker(),
        committed,
        search: Searching { index, remote: search_nodes::remote(settings)?, ..Searching::default() },
        public_url: settings.server.public_url(),
    }))
}

/// The public holidays of as many years as bookings can reach: three ahead at most.
fn holidays(pack: &regions::Pack) -> HolidayCalendar {
    pack.holidays(2020..=2045).into_iter().map(|(date, _)| date).collect()
}

/// The index of a process that has the role `search`, not loaded yet.
pub(crate) fn index(store: &Store, settings: &Settings, data_dir: &Path) -> Result<Arc<SearchIndex>> {
    let pack = pack(settings)?;
    let mut later = [0; 2];
    SystemEntropy.fill(&mut later);
    let kept = IndexSettings {
        check_at: settings.search.check_at()?,
        check_later: SignedDuration::from_secs(i64::from(u16::from_le_bytes(later)) % CHECKS_WITHIN_SECONDS),
        file: Some(data_dir.join("search.index")),
        file_every: settings.search.snapshot_every(),
    };
    Ok(Arc::new(SearchIndex::new(store.clone(), pack, holidays(pack), kept)))
}

/// What request handlers work with.
pub(crate) fn app(
    services: Arc<Services>,
    live: Live,
    readiness: Readiness,
    stop: CancellationToken,
    settings: &Settings,
    data_dir: &Path,
    demo: Option<Vec<DemoLogin>>,
) -> Result<App> {
    let issuer = Arc::new(Issuer::open(
        IssuerSettings {
            rotate_after: SignedDuration::from_hours(24 * i64::from(settings.auth.key_days)),
            longest_token: SignedDuration::from_hours(settings.auth.token_hours.into()),
            ..IssuerSettings::in_data_dir(data_dir, &settings.auth.issuer, &settings.auth.audience)
        },
        Arc::clone(&services.clock),
        Arc::clone(&services.entropy),
    )?);
    let mut verifier = Verifier::new(Arc::clone(&issuer));
    if let Some(oidc) = &settings.auth.oidc_issuer {
        let audience = settings.auth.oidc_audience.as_ref().unwrap_or(&settings.auth.audience);
        verifier = verifier
            .with_oidc(OidcKeys::new(OidcSettings { issuer: oidc.clone(), audience: audience.clone() })?);
    }
    Ok(App::new(AppParts {
        verifier,
        issuer,
        secret: ServerSecret::open(data_dir, Arc::clone(&services.entropy))?,
        readiness,
        metrics: Metrics::of_process()?,
        live,
        admission: Admission::new(Limits {
            max_in_flight: settings.server.max_in_flight,
            max_streams: STREAMS_AT_ONCE,
            requests_per_minute_per_caller: settings.limits.requests_per_minute_per_caller,
            requests_per_minute_per_address: settings.limits.requests_per_minute_per_address,
            sign_ins_per_minute_per_address: settings.limits.sign_in_per_minute,
        }),
        stop,
        settings: WebSettings {
            public_url: settings.server.public_url(),
            request_timeout: settings.server.request_timeout(),
            max_body_bytes: settings.server.max_body_bytes,
            trusted_proxies: settings.server.trusted_proxies,
            sessions: SessionLifetime {
                idle: SignedDuration::from_hours(settings.auth.session_hours.into()),
                total: SESSION_AT_MOST,
            },
        },
        services,
        demo,
    }))
}
