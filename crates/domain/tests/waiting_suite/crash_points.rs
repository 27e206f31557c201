//! A worker dies in the middle: nothing is half done, and the next one does it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rendez_domain::waiting::{self, CRASH_POINTS, WishStatus};
use rendez_testkit::World;

use crate::room::{Full, catch_up, follow, server, somebody_waits, status};

#[tokio::test]
async fn every_point_is_reached() {
    let reached: Arc<Mutex<BTreeSet<&str>>> = Arc::default();
    for name in CRASH_POINTS {
        let reached = Arc::clone(&reached);
        let note = move || {
            reached.lock().expect("not poisoned").insert(name);
        };
        fail::cfg_callback(name, note).expect("a point's name");
    }
    let world = World::new().await;
    let full = Full::new(&world).await;
    somebody_waits(&world, &full.practitioner).await;
    full.free(&world).await;
    catch_up(&world).await;
    let reached = reached.lock().expect("not poisoned").clone();
    assert_eq!(reached, BTreeSet::from(CRASH_POINTS));
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
        fail::cfg(point, "1*panic(the worker dies)").expect("a point's name");
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
