//! What this process has just committed, put into its index before the caller hears of it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;

use super::SearchIndex;
use super::apply::apply;
use super::people::span;
use super::work::Work;
use crate::committed::Committed;

/// A caller waits no longer; the follower comes anyway.
const PATIENCE: Duration = Duration::from_millis(250);

impl Committed for SearchIndex {
    fn taken(&self, practitioner: PractitionerId, range: TimeRange) -> BoxFuture<'_, ()> {
        Box::pin(self.take_now(practitioner, range))
    }

    fn released<'a>(&'a self, freed: &'a [(PractitionerId, TimeRange)]) -> BoxFuture<'a, ()> {
        Box::pin(self.do_now(move || {
            let mut work = Work::default();
            for (practitioner, range) in freed {
                work.range(*practitioner, *range);
            }
            work
        }))
    }

    fn changed(&self, practitioner: PractitionerId) -> BoxFuture<'_, ()> {
        Box::pin(self.do_now(move || {
            let mut work = Work::default();
            work.whole.insert(practitioner);
            work
        }))
    }
}

impl SearchIndex {
    async fn take_now(&self, practitioner: PractitionerId, range: TimeRange) {
        for held in self.all_held() {
            // Other changes may have to be waited for, which is nothing for a thread that serves requests.
            let taker = Arc::clone(&held);
            let taking = tokio::task::spawn_blocking(move || {
                taker.index.take(practitioner, span(range.start(), range.end()));
            });
            match tokio::time::timeout(PATIENCE, taking).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => late("fault", &error),
                Err(error) => late("time", &error),
            }
            // Its release may have been read before; and whoever shares its room is to be asked. So the follower looks again.
            held.again(|work| work.range(practitioner, range));
        }
    }

    /// Reads again at once; what takes too long is left to the follower.
    async fn do_now(&self, work: impl Fn() -> Work) {
        for held in self.all_held() {
            let mut mine = work();
            let doing = apply(&self.store, &self.holidays, &held, &mut mine);
            match tokio::time::timeout(PATIENCE, doing).await {
                Ok(Ok(())) => continue,
                Ok(Err(fault)) => late("fault", &fault),
                Err(error) => late("time", &error),
            }
            held.again(|again| again.add(work()));
        }
    }
}

/// What was done is not seen at once. It will be soon, so it is counted rather than told.
fn late(why: &'static str, error: &(dyn Error + 'static)) {
    metrics::counter!("rendez_index_late_total", "why" => why).increment(1);
    tracing::debug!(why, error, "what was done here is put into the search index a moment later");
}
