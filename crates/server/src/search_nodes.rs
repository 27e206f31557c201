//! Processes that search for each other: the settings of both sides, and the listener of the answering one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rendez_domain::Services;
use rendez_domain::search::RemoteSearch;
use rendez_platform::config::Settings;
use rendez_platform::lifecycle::Lifecycle;
use rendez_web::internal::{self, NodeSettings, Nodes};
use rendez_web::serve::{ServeSettings, serve};
use tokio::net::TcpListener;

use crate::roles::Role;

/// Refuses settings that this process cannot live up to.
pub(crate) fn check(settings: &Settings, roles: &[Role]) -> Result<()> {
    match settings.search.internal_listen {
        Some(address) if !roles.contains(&Role::Search) => {
            bail!(
                "search.internal_listen is {address}, but only a process with the role search answers there"
            )
        }
        _ => Ok(()),
    }
}

/// Whom a process without an index asks; nobody if the settings name none.
pub(crate) fn remote(settings: &Settings) -> Result<Option<Arc<dyn RemoteSearch>>> {
    let search = &settings.search;
    if search.nodes.is_empty() {
        return Ok(None);
    }
    let nodes = Nodes::new(NodeSettings {
        nodes: search.nodes.clone(),
        token: search.internal_token.clone().unwrap_or_default(),
        timeout: Duration::from_millis(search.node_timeout_ms),
        hedge_after: Duration::from_millis(search.hedge_after_ms),
        failures: search.breaker_failures,
        pause: Duration::from_millis(search.breaker_pause_ms),
    })?;
    Ok(Some(Arc::new(nodes)))
}

/// Answers other processes on the internal address, if the settings name one.
pub(crate) async fn listen(
    settings: &Settings,
    services: &Arc<Services>,
    lifecycle: &Lifecycle,
) -> Result<()> {
    let Some(address) = settings.search.internal_listen else { return Ok(()) };
    let token = settings.search.internal_token.as_deref().unwrap_or_default();
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))?;
    let router = internal::router(Arc::clone(services), token);
    let usual = ServeSettings::default();
    let serving = ServeSettings {
        shutdown: settings.server.shutdown_grace(),
        // Few processes, with many connections each.
        max_connections_per_address: usual.max_connections,
        only_http2: true,
        ..usual
    };
    lifecycle.spawn(serve(listener, router, serving, lifecycle.soft()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_the_index_listens_for_others() {
        let mut settings = Settings::load(None, std::iter::empty()).expect("the defaults");
        check(&settings, &[Role::Api]).expect("it does not listen");
        settings.search.internal_listen = Some(([127, 0, 0, 1], 7070).into());
        check(&settings, &[Role::Api, Role::Search]).expect("it has the index");
        let refused = check(&settings, &[Role::Api, Role::Worker]).expect_err("it has no index");
        assert!(refused.to_string().contains("search.internal_listen"), "{refused}");
    }
}
