//! `rendez serve`: start everything in order, run until told to stop, stop everything in the opposite order.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use rendez_domain::{Services, booking, search};
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::change_log::ChangeFeed;
use rendez_platform::config::Settings;
use rendez_platform::fault::Fault;
use rendez_platform::lifecycle::Lifecycle;
use rendez_platform::mail::Mailer;
use rendez_platform::private_postgres::{PrivatePostgres, PrivatePostgresSettings, StartError};
use rendez_platform::store::Store;
use rendez_platform::telemetry::health::{Part, Readiness};
use rendez_platform::telemetry::{disk, logs, metrics::Metrics};
use rendez_web::DemoLogin;
use rendez_web::api::live::Live;
use rendez_web::serve::{ServeSettings, serve as serve_http};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::Serve;
use crate::demo::Login;
use crate::roles::{self, Role};
use crate::{demonstration, memory, search_nodes, starting, wiring};

const DATABASE_BEAT: Duration = Duration::from_secs(1);
const DATABASE_PATIENCE: Duration = Duration::from_secs(3);

/// What is opened on the way and outlives the wait for the signal.
#[derive(Default)]
struct Opened {
    router: Arc<OnceLock<Router>>,
    store: OnceLock<Store>,
}

/// Runs the server until a signal.
pub(crate) async fn serve(arguments: Serve) -> Result<()> {
    let settings = settings(&arguments)?;
    let telemetry = logs::init(&settings.telemetry.logs())?;
    let metrics = Metrics::of_process()?;
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals()?;
    metrics.spawn_upkeep(lifecycle.soft());
    memory::spawn_upkeep(lifecycle.soft());
    disk::spawn(arguments.data_dir.clone(), lifecycle.soft());

    let readiness = Readiness::new();
    let database = readiness.part("database");
    database.not_ready("it is being started");
    let opened = Opened::default();
    if arguments.roles.contains(&Role::Api) || arguments.roles.contains(&Role::Search) {
        let listener = TcpListener::bind(settings.server.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", settings.server.listen))?;
        let router = starting::until_ready(Arc::clone(&opened.router), readiness.clone());
        let usual = ServeSettings::default();
        // Behind proxies of ours every connection has one of their addresses.
        let per_address = match settings.server.trusted_proxies {
            0 => usual.max_connections_per_address,
            _ => usual.max_connections,
        };
        let serving = ServeSettings {
            shutdown: settings.server.shutdown_grace(),
            max_connections_per_address: per_address,
            ..usual
        };
        lifecycle.spawn(serve_http(listener, router, serving, lifecycle.soft()));
    }

    let private = match &settings.database.url {
        Some(_) => None,
        None => match private_postgres(&arguments.data_dir, &settings, &lifecycle.soft()).await {
            Ok(private) => Some(private),
            Err(StartError::Interrupted) => {
                let stopped = end(&lifecycle, &settings, &opened, None).await;
                telemetry.shutdown().await;
                return stopped;
            }
            Err(error) => return Err(error.into()),
        },
    };
    let config = match (&private, &settings.database.url) {
        (Some(private), _) => private.config().clone(),
        (None, url) => url.as_deref().unwrap_or_default().parse()?,
    };
    let result = tokio::select! {
        result = run(&arguments, &settings, &config, &lifecycle, readiness, database, &opened) => result,
        reason = lost(private.as_ref()) => Err(anyhow::anyhow!("the private PostgreSQL is gone: {reason}")),
    };
    let stopped = end(&lifecycle, &settings, &opened, private).await;
    telemetry.shutdown().await;
    result.and(stopped)
}

/// Stops everything, what came last first.
async fn end(
    lifecycle: &Lifecycle,
    settings: &Settings,
    opened: &Opened,
    private: Option<PrivatePostgres>,
) -> Result<()> {
    lifecycle.stop();
    if !lifecycle.wait(settings.server.shutdown_grace()).await {
        tracing::warn!("something did not end in time and was broken off");
    }
    if let Some(store) = opened.store.get() {
        store.close();
    }
    if let Some(private) = private {
        private.stop().await?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Everything between a reachable database and the signal to stop.
async fn run(
    arguments: &Serve,
    settings: &Settings,
    config: &tokio_postgres::Config,
    lifecycle: &Lifecycle,
    readiness: Readiness,
    database: Part,
    opened: &Opened,
) -> Result<()> {
    let soft = lifecycle.soft();
    let prepared = soft.run_until_cancelled(prepare(arguments, settings, config, opened)).await;
    let Some(prepared) = prepared else { return Ok(()) };
    let (store, logins) = prepared?;
    let (feed, follower) = ChangeFeed::new(store.clone());
    let index = match arguments.roles.contains(&Role::Search) {
        true => Some(wiring::index(&store, settings, &arguments.data_dir)?),
        false => None,
    };
    let services = wiring::services(store.clone(), &feed, settings, index.clone())?;
    if let Some(index) = index {
        lifecycle.spawn(index.run(services.waker.alarm(), readiness.part("search index"), lifecycle.soft()));
        search_nodes::listen(settings, &services, lifecycle).await?;
    }
    if arguments.roles.contains(&Role::Worker) {
        start_worker(&services, settings, lifecycle, &readiness)?;
    }
    if arguments.roles.contains(&Role::Api) || arguments.roles.contains(&Role::Search) {
        let live = Live::new(feed);
        live.spawn(lifecycle.soft());
        lifecycle.spawn(follower.reporting(readiness.part("changes")).run(lifecycle.soft()));
        let app = wiring::app(
            services,
            live,
            readiness.clone(),
            lifecycle.soft(),
            settings,
            &arguments.data_dir,
            logins.as_deref().map(shown),
        )?;
        app.admission.spawn_upkeep(lifecycle.soft());
        // Nobody who types a town shall wait for the towns to be read.
        drop(tokio::task::spawn_blocking(search::prepare));
        let url = app.settings.public_url.clone();
        let _ = opened.router.set(rendez_web::router(app)?);
        tracing::info!(url, "ready");
        if let Some(logins) = &logins {
            demonstration::greet(&url, logins);
        }
    }
    // Half of them: the other half must stay free for what asks meanwhile.
    let (warming, connections) = (store.clone(), settings.database.pool_size / 2);
    tokio::spawn(async move {
        if let Err(fault) = booking::statements::warm(&warming, connections).await {
            tracing::warn!(error = ?fault, "connections could not be opened ahead");
        }
    });
    watch(&store, &database, lifecycle.soft()).await;
    Ok(())
}

/// The database as this program needs it, with the demo in it if that is asked for.
async fn prepare(
    arguments: &Serve,
    settings: &Settings,
    config: &tokio_postgres::Config,
    opened: &Opened,
) -> Result<(Store, Option<Vec<Login>>)> {
    let store = wiring::store(config, settings).await?;
    let _ = opened.store.set(store.clone());
    let logins = match arguments.demo {
        true => Some(demonstration::prepare(&store, wiring::pack(settings)?).await?),
        false => None,
    };
    Ok((store, logins))
}

/// The demo's logins as the sign-in page shows them.
fn shown(logins: &[Login]) -> Vec<DemoLogin> {
    let shown = |login: &Login| DemoLogin { role: login.role, email: login.email, password: login.password };
    logins.iter().map(shown).collect()
}

/// Keeps asking the database whether it is there, until the stop: readiness is what a balancer goes by.
async fn watch(store: &Store, database: &Part, stop: CancellationToken) {
    let mut beat = tokio::time::interval(DATABASE_BEAT);
    while stop.run_until_cancelled(beat.tick()).await.is_some() {
        let answer = async { store.read_fresh().await?.simple_query("").await.map_err(Fault::from) };
        match tokio::time::timeout(DATABASE_PATIENCE, answer).await {
            Ok(Ok(_)) => database.ready(),
            Ok(Err(fault)) => database.not_ready(fault.to_string()),
            Err(_) => database.not_ready("it does not answer"),
        }
    }
    database.not_ready("the server is stopping");
}

fn start_worker(
    services: &Arc<Services>,
    settings: &Settings,
    lifecycle: &Lifecycle,
    readiness: &Readiness,
) -> Result<()> {
    let mailer = Mailer::new(settings.mail.smtp_url.as_deref(), &settings.mail.from)?;
    let runner = roles::worker(services, mailer, settings.retention).reporting(readiness.part("worker"));
    lifecycle.spawn(runner.run(lifecycle.soft(), lifecycle.hard()));
    Ok(())
}

fn settings(arguments: &Serve) -> Result<Settings> {
    let mut settings = Settings::load(arguments.config.as_deref(), std::env::vars())?;
    if let Some(listen) = arguments.listen {
        settings.server.listen = listen;
    }
    if let Some(url) = &arguments.database_url {
        settings.database.url = Some(url.clone());
    }
    if let Some(url) = &arguments.smtp_url {
        settings.mail.smtp_url = Some(url.clone());
    }
    settings.validate()?;
    search_nodes::check(&settings, &arguments.roles)?;
    Ok(settings)
}

async fn private_postgres(
    data_dir: &Path,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<PrivatePostgres, StartError> {
    let private = PrivatePostgresSettings {
        bin_dir: settings.database.bin_dir.clone(),
        ..PrivatePostgresSettings::new(data_dir)
    };
    PrivatePostgres::start_unless(&private, &SystemEntropy, stop).await
}

/// Ends when a private PostgreSQL is gone for good; never, if there is none.
async fn lost(private: Option<&PrivatePostgres>) -> String {
    match private {
        Some(private) => private.lost().await,
        None => std::future::pending().await,
    }
}
