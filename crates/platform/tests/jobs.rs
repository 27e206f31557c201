//! Jobs on a real database: done once when all goes well, again when not, by one worker at a time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use rendez_platform::fault::Fault;
use rendez_platform::jobs::{
    Job, JobError, JobHandler, NewJob, Runner, Sweep, enqueue, go_on, overview, pause, purge_finished, retry,
};
use rendez_platform::store::Store;
use rendez_testkit::TestDatabase;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Reports each run, and answers what the payload asks for.
struct Scripted {
    runs: mpsc::UnboundedSender<(i64, i16)>,
    release: Arc<Notify>,
}

impl JobHandler for Scripted {
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            self.runs.send((job.id, job.attempt)).unwrap();
            match job.payload["do"].as_str() {
                Some("fail-once") if job.attempt == 1 => Err(Fault::plain("the first time").into()),
                Some("never") => Err(JobError::Never("it makes no sense".to_owned())),
                Some("panic") => panic!("a handler's bug"),
                Some("wait") => {
                    self.release.notified().await;
                    Ok(())
                }
                _ => Ok(()),
            }
        })
    }
}

struct Worker {
    runs: mpsc::UnboundedReceiver<(i64, i16)>,
    soft: CancellationToken,
    hard: CancellationToken,
    running: JoinHandle<()>,
}

impl Worker {
    fn start(store: &Store) -> Self {
        let (sender, runs) = mpsc::unbounded_channel();
        let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
        let runner =
            Runner::new(store.clone()).handle("test", Scripted { runs: sender, release: Arc::default() });
        let running = tokio::spawn(runner.run(soft.clone(), hard.clone()));
        Self { runs, soft, hard, running }
    }

    async fn next_run(&mut self) -> (i64, i16) {
        tokio::time::timeout(Duration::from_secs(20), self.runs.recv()).await.expect("a run in time").unwrap()
    }

    /// Jobs in hand end first, so the table is settled afterwards.
    async fn stop(self) {
        self.soft.cancel();
        self.running.await.unwrap();
    }
}

async fn promise(store: &Store, what: &str) -> bool {
    let conn = store.read_fresh().await.unwrap();
    enqueue(&*conn, &NewJob::new("test", json!({ "do": what }))).await.unwrap()
}

/// State, attempts, whether leased, and the last error of the only job.
async fn the_job(store: &Store) -> (String, i16, bool, Option<String>) {
    let conn = store.read_fresh().await.unwrap();
    let sql = "SELECT state, attempts, leased_until IS NOT NULL, last_error FROM job";
    let row = conn.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1), row.get(2), row.get(3))
}

#[tokio::test]
async fn a_promised_job_is_done_and_one_of_a_rolled_back_transaction_never_was() {
    let database = TestDatabase::new().await;
    let store = database.store();
    let mut conn = store.read_fresh().await.unwrap();
    let transaction = conn.transaction().await.unwrap();
    enqueue(&transaction, &NewJob::new("test", json!({}))).await.unwrap();
    transaction.rollback().await.unwrap();
    promise(&store, "well").await;

    let mut worker = Worker::start(&store);
    assert_eq!(worker.next_run().await.1, 1);
    worker.stop().await;
    assert_eq!(the_job(&store).await, ("done".to_owned(), 1, false, None));

    assert_eq!(purge_finished(&*conn, 7).await.unwrap(), 0);
    database.shift_clock(SignedDuration::from_hours(8 * 24)).await;
    assert_eq!(purge_finished(&*conn, 7).await.unwrap(), 1);
}

#[tokio::test]
async fn a_failed_job_waits_and_is_tried_again() {
    let database = TestDatabase::new().await;
    let store = database.store();
    promise(&store, "fail-once").await;
    let mut worker = Worker::start(&store);
    worker.next_run().await;
    worker.stop().await;
    let (state, attempts, leased, error) = the_job(&store).await;
    assert_eq!(
        (state.as_str(), attempts, leased, error.as_deref()),
        ("ready", 1, false, Some("the first time"))
    );

    database.shift_clock(SignedDuration::from_mins(1)).await;
    let mut worker = Worker::start(&store);
    assert_eq!(worker.next_run().await.1, 2);
    worker.stop().await;
    assert_eq!(the_job(&store).await.0, "done");
}

#[tokio::test]
async fn a_hopeless_job_is_dead_and_a_panic_is_only_a_failure() {
    for (what, state) in [("never", "dead"), ("panic", "ready")] {
        let database = TestDatabase::new().await;
        let store = database.store();
        promise(&store, what).await;
        let mut worker = Worker::start(&store);
        worker.next_run().await;
        worker.stop().await;
        assert_eq!(the_job(&store).await.0, state, "{what}");
    }
}

#[tokio::test]
async fn a_stop_gives_back_what_is_in_hand() {
    let database = TestDatabase::new().await;
    let store = database.store();
    promise(&store, "wait").await;
    let mut worker = Worker::start(&store);
    worker.next_run().await;
    worker.hard.cancel();
    worker.stop().await;
    assert_eq!(the_job(&store).await, ("ready".to_owned(), 0, false, None));
}

#[tokio::test]
async fn two_workers_share_the_jobs_and_do_each_once() {
    let database = TestDatabase::new().await;
    let store = database.store();
    for _ in 0..30 {
        promise(&store, "well").await;
    }
    let (mut one, mut other) = (Worker::start(&store), Worker::start(&store));
    let mut done = Vec::new();
    while done.len() < 30 {
        let run = tokio::select! { run = one.next_run() => run, run = other.next_run() => run };
        done.push(run.0);
    }
    one.stop().await;
    other.stop().await;
    done.sort_unstable();
    done.dedup();
    assert_eq!(done.len(), 30);
}

#[tokio::test]
async fn one_unfinished_job_has_a_key_and_the_next_may_follow_it() {
    let database = TestDatabase::new().await;
    let store = database.store();
    let conn = store.read_fresh().await.unwrap();
    let job = NewJob { unique_key: Some("k".to_owned()), ..NewJob::new("test", json!({})) };
    assert!(enqueue(&*conn, &job).await.unwrap());
    assert!(!enqueue(&*conn, &job).await.unwrap());
    let mut worker = Worker::start(&store);
    worker.next_run().await;
    worker.stop().await;
    assert!(enqueue(&*conn, &job).await.unwrap());
}

#[tokio::test]
async fn a_sweep_runs_until_the_stop_and_a_failing_one_runs_again() {
    let database = TestDatabase::new().await;
    let store = database.store();
    let (sender, mut runs) = mpsc::unbounded_channel();
    let sweep = Sweep::new("test", Duration::from_millis(1), move || {
        let sender = sender.clone();
        async move {
            sender.send(()).map_err(|error| Fault::new("reporting a run", error))?;
            Err(Fault::plain("each time"))
        }
    });
    let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
    let running = tokio::spawn(Runner::new(store).sweep(sweep).run(soft.clone(), hard));
    for _ in 0..3 {
        runs.recv().await.unwrap();
    }
    soft.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_paused_kind_waits_until_it_may_go_on() {
    let database = TestDatabase::new().await;
    let store = database.store();
    let conn = store.read_fresh().await.unwrap();
    pause(&*conn, "test", "admin:operator").await.unwrap();
    promise(&store, "well").await;
    let mut worker = Worker::start(&store);
    let seen = overview(&*conn, &["test", "other"]).await.unwrap();
    assert_eq!(seen.iter().map(|known| known.kind.as_str()).collect::<Vec<_>>(), ["other", "test"]);
    assert_eq!((seen[1].waiting, seen[1].running), (1, 0));
    assert_eq!(seen[1].paused.as_ref().map(|(by, _)| by.as_str()), Some("admin:operator"));
    assert!(worker.runs.try_recv().is_err());
    go_on(&*conn, "test").await.unwrap();
    assert_eq!(worker.next_run().await.1, 1);
    worker.stop().await;
    assert_eq!(the_job(&store).await.0, "done");
}

#[tokio::test]
async fn dead_jobs_live_again_but_never_two_with_one_key() {
    let database = TestDatabase::new().await;
    let store = database.store();
    let conn = store.read_fresh().await.unwrap();
    conn.batch_execute(
        "INSERT INTO job (kind, payload, state, attempts, finished_at, last_error, unique_key) VALUES
            ('test', '{}', 'dead', 12, rendez_now(), 'broken', NULL),
            ('test', '{}', 'dead', 12, rendez_now(), 'broken', 'a'),
            ('test', '{}', 'dead', 12, rendez_now(), 'broken', 'a'),
            ('test', '{}', 'dead', 12, rendez_now(), 'broken', 'b'),
            ('else', '{}', 'dead', 12, rendez_now(), 'broken', NULL);
         INSERT INTO job (kind, payload, unique_key) VALUES ('test', '{}', 'b')",
    )
    .await
    .unwrap();
    assert_eq!(
        retry(&*conn, "test").await.unwrap(),
        2,
        "the one without a key, and the newer with the key a"
    );
    let seen = overview(&*conn, &[]).await.unwrap();
    let known = |kind: &str| seen.iter().find(|known| known.kind == kind).unwrap();
    assert_eq!((known("test").waiting, known("test").dead), (3, 2));
    assert_eq!(known("else").dead, 1, "other kinds stay");
    assert_eq!(known("else").last_error.as_deref(), Some("broken"));
}
