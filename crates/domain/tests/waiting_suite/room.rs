//! The waiting room: wishes in few words, and a worker that has nothing left to do.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rendez_domain::Ctx;
use rendez_domain::directory::Practitioner;
use rendez_domain::idempotency::Answer;
use rendez_domain::waiting::{
    self, Given, Hours, NewWish, Target, WaitingRefusal, Weekdays, Wish, WishStatus,
};
use rendez_testkit::World;
use rendez_testkit::world::first_visit_type;
use rendez_vocab::Actor;
use rendez_vocab::ids::{PatientId, PractitionerId, WishId};
use serde_json::Value;

/// Today in Paris.
pub(crate) fn today(world: &World) -> Date {
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    zone.to_datetime(world.services.clock.now()).date()
}

/// Any day and hour of the next two months, with this practitioner.
pub(crate) fn any_time(world: &World, patient: PatientId, practitioner: &Practitioner) -> NewWish {
    let target =
        Target::Practitioner { practitioner: practitioner.id, visit_type: first_visit_type(practitioner) };
    around(world, patient, target)
}

/// Any day and hour of the next two months.
pub(crate) fn around(world: &World, patient: PatientId, target: Target) -> NewWish {
    let today = today(world);
    NewWish {
        patient,
        target,
        weekdays: Weekdays::ALL,
        hours: Hours::ALL,
        first_day: today,
        last_day: today.checked_add(60.days()).expect("a near day"),
    }
}

/// Leaves a wish.
pub(crate) async fn leave(world: &World, new: NewWish) -> Result<Wish, WaitingRefusal> {
    let ctx = world.ctx(Actor::Patient(new.patient));
    match waiting::leave(&ctx, new, |_| Value::Null).await? {
        Answer::Fresh(wish) => Ok(wish),
        Answer::Replayed(_) => panic!("nothing to replay"),
    }
}

/// A new patient waits for any time of a practitioner.
pub(crate) async fn somebody_waits(world: &World, practitioner: &Practitioner) -> Wish {
    let patient = world.patient().await;
    leave(world, any_time(world, patient, practitioner)).await.expect("a wish")
}

/// A wish as its patient sees it.
pub(crate) async fn seen(world: &World, wish: &Wish) -> Wish {
    waiting::find(&world.ctx(Actor::Patient(wish.patient)), wish.id).await.expect("their own")
}

/// How a wish stands.
pub(crate) async fn status(world: &World, wish: &Wish) -> WishStatus {
    seen(world, wish).await.status
}

/// The server's own context.
pub(crate) fn server(world: &World) -> Ctx {
    world.ctx(Actor::Server)
}

/// Reads the change log to its head, whatever other transactions of the cluster still run.
pub(crate) async fn follow(world: &World) {
    let behind = "SELECT count(*) FROM change c LEFT JOIN follower f ON f.name = 'waiting'
        WHERE f.name IS NULL OR (c.xid, c.seq) > (f.xid, f.seq)";
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        waiting::follow(&server(world)).await.expect("the log can be read");
        if world.count(behind).await == 0 {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "the log is not read to its head");
        tokio::task::yield_now().await;
    }
}

/// Takes the jobs of the waiting list that are due out of the queue.
async fn jobs(world: &World) -> Vec<(String, Value)> {
    let sql = "WITH taken AS (UPDATE job SET state = 'done', finished_at = rendez_now()
        WHERE state = 'ready' AND kind LIKE 'waiting.%' RETURNING id, kind, payload) SELECT kind, payload FROM taken ORDER BY id";
    let rows = world.database.connect().await.query(sql, &[]).await.expect("jobs");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Does one job.
async fn run(world: &World, kind: &str, payload: &Value) -> Vec<Given> {
    let id = |name: &str| payload[name].as_str().expect("an id").parse().expect("a UUID");
    let ctx = server(world);
    match kind {
        waiting::FREED_JOB => waiting::offer_freed(&ctx, PractitionerId::from_uuid(id("practitioner"))).await,
        _ => waiting::offer_to(&ctx, WishId::from_uuid(id("wish"))).await,
    }
    .expect("the job is done")
}

/// Does whatever a worker would do until nothing is left, and tells what was offered, in order.
pub(crate) async fn catch_up(world: &World) -> Vec<Given> {
    let mut given = Vec::new();
    loop {
        follow(world).await;
        waiting::look_again(&server(world)).await.expect("a sweep");
        let jobs = jobs(world).await;
        if jobs.is_empty() {
            return given;
        }
        for (kind, payload) in jobs {
            given.extend(run(world, &kind, &payload).await);
        }
    }
}

/// The wishes of what was offered.
pub(crate) fn wishes(given: &[Given]) -> Vec<WishId> {
    given.iter().map(|given| given.wish).collect()
}

/// A practitioner whose only time, 15 minutes long and three days ahead, somebody has booked.
pub(crate) struct Full {
    pub(crate) practitioner: Practitioner,
    pub(crate) start: Timestamp,
    pub(crate) booked: rendez_domain::booking::Appointment,
    pub(crate) owner: PatientId,
}

impl Full {
    pub(crate) async fn new(world: &World) -> Self {
        let practitioner = world.practitioner(vec![]).await;
        let day = world.open_day(&practitioner, 3, 15).await;
        let owner = world.patient().await;
        let booked = world.book(owner, world.slot(&practitioner, day.start())).await;
        Self { practitioner, start: day.start(), booked, owner }
    }

    /// Whoever booked it does not come.
    pub(crate) async fn free(&self, world: &World) {
        let ctx = world.ctx(Actor::Patient(self.owner));
        rendez_domain::booking::cancel(&ctx, self.booked.id, None, None).await.expect("in time");
    }
}

/// So many minutes.
pub(crate) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}
