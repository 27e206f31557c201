//! A worker dies in the middle: nothing is half done, and the next one does it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rendez_domain::waiting::{self, CRASH_POINTS, WishStatus};
use rendez_testkit::World;

use crate::room::{Full, catch_up, follow, server, somebody_waits, status};

/// The next time that this thread reaches a point, whoever works there panics. Points belong to the whole process and
/// other tests pass them at the same moment, each on its own thread: they go on.
fn deadly_here(point: &'static str) {
    let here = thread::current().id();
    let armed = AtomicBool::new(true);
    let die = move || {
        let ours = thread::current().id() == here && armed.swap(false, Ordering::Relaxed);
        assert!(!ours, "the worker dies");
    };
    fail::cfg_callback(point, die).expect("a point's name");
}

#[tokio::test]
async fn wherever_a_worker_dies_the_next_one_finishes_and_nothing_is_double() {
    for point in CRASH_POINTS {
        let world = World::new().await;
        let full = Full::new(&world).await;
        let first = somebody_waits(&world, &full.practitioner).await;
        let second = somebody_waits(&world, &full.practitioner).await;
        catch_up(&world).await;
        full.free(&world).await;
        deadly_here(point);
        let dying = world.clone();
        let practitioner = full.practitioner.id;
        let worker = tokio::spawn(async move {
            follow(&dying).await;
            waiting::offer_freed(&server(&dying), practitioner).await
        });
        let died = worker.await;
        assert!(!matches!(died, Ok(Ok(_))), "{point} was not reached");
        fail::remove(point);
        catch_up(&world).await;
        assert_eq!(status(&world, &first).await, WishStatus::Offered, "{point}");
        assert_eq!(status(&world, &second).await, WishStatus::Waiting, "{point}");
        assert_eq!(world.count("SELECT count(*) FROM wish_offer").await, 1, "{point}");
        assert_eq!(world.count("SELECT count(*) FROM appointment WHERE status = 'held'").await, 1, "{point}");
        world.assert_consistent().await;
    }
}
