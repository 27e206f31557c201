//! A process with an index.

use std::sync::Arc;
use std::time::Duration;

use rendez_domain::availability::HolidayCalendar;
use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_platform::telemetry::health::Readiness;
use rendez_testkit::World;
use tokio_util::sync::CancellationToken;

/// The same process with an index, loaded and followed as long as the test runs.
pub(crate) async fn with_index(mut world: World) -> World {
    let services = Arc::get_mut(&mut world.services).expect("nobody else has the services yet");
    let holidays: HolidayCalendar =
        services.pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect();
    let settings = IndexSettings::default();
    let index = Arc::new(SearchIndex::new(services.store.clone(), services.pack, holidays, settings));
    let part = Readiness::new().part("search");
    tokio::spawn(Arc::clone(&index).run(services.waker.alarm(), part, CancellationToken::new()));
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    while index.view().is_none() {
        beat.tick().await;
    }
    services.committed = index.clone();
    services.search.index = Some(index);
    world
}

/// Whether a process answers from an index.
pub(crate) fn has_index(world: &World) -> bool {
    world.services.search.index.is_some()
}
