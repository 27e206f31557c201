//! The allocator of the process, and giving back what it keeps.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const GIVE_BACK_EVERY: Duration = Duration::from_secs(30);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[allow(unsafe_code, reason = "the one way to ask the allocator for what it keeps")]
unsafe extern "C" {
    /// Of mimalloc: any thread may call it at any time.
    safe fn mi_collect(force: bool);
}

/// Every so often gives memory back that the allocator keeps for later, such as what was used to load the search index,
/// until `stop`. Each time takes milliseconds.
pub(crate) fn spawn_upkeep(stop: CancellationToken) {
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(GIVE_BACK_EVERY);
        while stop.run_until_cancelled(beat.tick()).await.is_some() {
            drop(tokio::task::spawn_blocking(|| mi_collect(true)));
        }
    });
}
