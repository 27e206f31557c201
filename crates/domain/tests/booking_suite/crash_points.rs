//! Every crash point is reached by the command it is named after, so the crash test kills where it says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::SignedDuration;
use rendez_domain::booking::{self, CRASH_POINTS, HoldRequest, OverbookRequest};
use rendez_testkit::World;
use rendez_vocab::Actor;

#[tokio::test]
async fn every_point_is_reached() {
    let reached: Arc<Mutex<BTreeSet<&str>>> = Arc::default();
    // Points belong to the whole process: what other tests do on their threads does not count.
    let here = thread::current().id();
    for name in CRASH_POINTS {
        let reached = Arc::clone(&reached);
        let note = move || {
            if thread::current().id() == here {
                reached.lock().expect("not poisoned").insert(name);
            }
        };
        fail::cfg_callback(name, note).expect("a point's name");
    }
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let ctx = world.patient_with_key(ana, "POST /v1/appointments", "k");
    let slot = world.slot(&practitioner, day.start());
    let request = HoldRequest { slot, patient: ana, reason: None };
    let held = booking::hold(&ctx, request.clone()).await.expect("free");
    booking::hold(&ctx, request).await.expect("the first answer");
    let ctx = world.ctx(Actor::Patient(ana));
    booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    booking::reschedule(&ctx, held.id, None, later).await.expect("free");
    booking::cancel(&ctx, held.id, None, None).await.expect("in time");
    booking::sweep(&world.admin()).await.expect("a sweep");
    let squeeze = OverbookRequest {
        practitioner: practitioner.id,
        visit_type: slot.visit_type,
        patient: ana,
        start: day.start(),
        end: None,
        overbook_reason: "urgence".into(),
        reason: None,
    };
    booking::overbook(&world.admin(), squeeze).await.expect("an admin may");
    let reached = reached.lock().expect("not poisoned").clone();
    assert_eq!(reached, BTreeSet::from(CRASH_POINTS));
    world.assert_consistent().await;
}
