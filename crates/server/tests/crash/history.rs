//! A random history of a small practice, told until the program dies, and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use futures_util::future::join_all;
use jiff::SignedDuration;
use rendez_domain::directory::Practitioner;
use rendez_testkit::{World, consistency};
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId};
use rendez_vocab::{TimeRange, entropy::SeededEntropy};
use serde_json::{Value, json};
use tokio_postgres::Client as Database;

use crate::client::{Answer, Client, Request};
use crate::program::{Program, free_port};

/// Requests that are under way at the same moment.
const AT_ONCE: usize = 3;
/// A point that is not reached by then is not reached at all.
const REQUESTS_AT_MOST: usize = 3_000;
const SLOTS: u64 = 12;
/// Time passes while histories are told, sixteen minutes at a time; and days fill up with visits that took place.
const FIRST_DAY: i64 = 250;
const HISTORIES_A_DAY: u64 = 8;
/// How many of the acknowledged requests are sent again at the end.
const REPEATED_AT_THE_END: usize = 200;

/// Kills the program so many times at a point; a line about it.
pub(crate) async fn run(point: &str, histories: u64, seed: u64) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut history = History::new(point, histories, seed, folder.path()).await;
    for number in 0..histories {
        history.tell_until_death(folder.path(), number).await;
    }
    history.come_to_an_end(folder.path()).await;
    format!(
        "{histories} deaths, {} requests, {} acknowledged, {} sent again",
        history.sent,
        history.known.len(),
        history.resent
    )
}

struct History {
    point: String,
    random: SeededEntropy,
    world: World,
    database: Database,
    practitioners: [Practitioner; 2],
    patients: Vec<PatientId>,
    days: Vec<TimeRange>,
    /// Which of the days is being filled.
    today: usize,
    client: Client,
    program: Option<Program>,
    /// Done, with the first answer.
    known: Vec<(Request, Answer)>,
    /// Sent without an answer.
    unknown: Vec<Request>,
    /// The visits that are known, with the highest version that was acknowledged.
    visits: BTreeMap<String, i64>,
    sent: usize,
    resent: usize,
}

impl History {
    async fn new(point: &str, histories: u64, seed: u64, folder: &Path) -> Self {
        let world = World::new().await;
        let practitioners = [world.practitioner(vec![]).await, world.practitioner(vec![]).await];
        let mut days = Vec::new();
        for number in 0..=histories / HISTORIES_A_DAY {
            let ahead = FIRST_DAY + i64::try_from(number).expect("small");
            days.push(world.open_day(&practitioners[0], ahead, 180).await);
            world.open_day(&practitioners[1], ahead, 180).await;
        }
        let mut patients = Vec::new();
        for _ in 0..6 {
            patients.push(world.patient().await);
        }
        let salt = point.bytes().fold(seed, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(byte.into()));
        Self {
            point: point.into(),
            random: SeededEntropy::new(salt),
            database: world.database.connect().await,
            client: Client::new(folder, free_port()),
            program: None,
            world,
            practitioners,
            patients,
            days,
            today: 0,
            known: Vec::new(),
            unknown: Vec::new(),
            visits: BTreeMap::new(),
            sent: 0,
            resent: 0,
        }
    }

    fn below(&self, bound: u64) -> u64 {
        self.random.next_u64() % bound.max(1)
    }

    async fn start(&mut self, folder: &Path, failpoints: &str) {
        let address = free_port();
        let armed = [("FAILPOINTS", failpoints)];
        self.program =
            Some(Program::start(&self.world.database, folder, address, &armed, Stdio::inherit()).await);
        self.client = Client::new(folder, address);
    }

    /// One history: it begins with what the last one left unanswered, and ends with the program's death.
    async fn tell_until_death(&mut self, folder: &Path, number: u64) {
        self.today = usize::try_from(number / HISTORIES_A_DAY).expect("small");
        let armed = format!("{}={}*off->return", self.point, self.below(5));
        self.start(folder, &armed).await;
        if !self.settle_the_unknown().await {
            return self.check().await;
        }
        for _ in 0..REQUESTS_AT_MOST {
            let mut batch = Vec::new();
            for _ in 0..AT_ONCE {
                batch.push(self.next_request(number).await);
            }
            if !self.send_all(batch).await {
                return self.check().await;
            }
        }
        panic!("{armed} was never reached");
    }

    /// Sends requests at once; whether the program still lives.
    async fn send_all(&mut self, requests: Vec<Request>) -> bool {
        self.sent += requests.len();
        let answers = join_all(requests.iter().map(|request| self.client.send(request))).await;
        for (request, answer) in requests.into_iter().zip(answers) {
            match answer {
                Some(answer) if answer.is_to_come_back() => self.unknown.push(request),
                Some(answer) => self.learn(request, answer),
                None => self.unknown.push(request),
            }
        }
        let program = self.program.as_mut().expect("it was started");
        if self.unknown.is_empty() && !program.is_dead() {
            return true;
        }
        // A request without an answer comes from a death, which may take a moment to be seen.
        if self.client.send(&probe()).await.is_none() {
            program.wait_until_dead().await;
            return false;
        }
        self.settle_the_unknown().await
    }

    /// Sends again what has no answer until it has one; whether the program still lives.
    async fn settle_the_unknown(&mut self) -> bool {
        while let Some(request) = self.unknown.pop() {
            self.resent += 1;
            match self.client.send(&request).await {
                Some(answer) if answer.is_to_come_back() => self.unknown.push(request),
                Some(answer) => self.learn(request, answer),
                None => {
                    self.unknown.push(request);
                    self.program.as_mut().expect("it was started").wait_until_dead().await;
                    return false;
                }
            }
        }
        true
    }

    fn learn(&mut self, request: Request, answer: Answer) {
        assert!(answer.status < 500, "{} answered {}: {}", request.path, answer.status, answer.body);
        // Releasing what has expired is the same however often it is asked for, and has no first answer.
        if !answer.is_done() || request.path.ends_with("/expire") {
            return;
        }
        if let Some((_, first)) = self.known.iter().find(|(known, _)| known.key == request.key) {
            assert_eq!(*first, answer, "the first answer, again");
            return;
        }
        if let (Some(id), Some(version)) = (answer.body["id"].as_str(), answer.body["version"].as_i64()) {
            let seen = self.visits.entry(id.to_owned()).or_default();
            *seen = version.max(*seen);
        }
        self.known.push((request, answer));
    }

    /// What must hold while the program is dead.
    async fn check(&mut self) {
        self.program = None;
        quiet(&self.database).await;
        consistency::check(&self.database).await;
        self.acknowledged_visits_stand().await;
    }

    async fn acknowledged_visits_stand(&self) {
        let rows =
            self.database.query("SELECT id, version FROM appointment", &[]).await.expect("appointments");
        let stand: BTreeMap<String, i64> =
            rows.iter().map(|row| (AppointmentId::from_uuid(row.get(0)).to_string(), row.get(1))).collect();
        for (id, acknowledged) in &self.visits {
            let version = stand.get(id).unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
            assert!(version >= acknowledged, "{id} fell back from version {acknowledged} to {version}");
        }
    }

    /// The last start is not armed: everything is answered, repeated and counted, and every hold runs out.
    async fn come_to_an_end(&mut self, folder: &Path) {
        self.start(folder, "").await;
        assert!(self.settle_the_unknown().await, "nothing kills it any more");
        for (request, first) in self.known.iter().rev().take(REPEATED_AT_THE_END) {
            let again = self.client.send(request).await.expect("it lives");
            assert_eq!(again, *first, "the first answer to {}, again", request.path);
        }
        let made: BTreeSet<&str> = self
            .known
            .iter()
            .filter(|(request, _)| request.path == "/v1/appointments")
            .filter_map(|(_, answer)| answer.body["id"].as_str())
            .collect();
        let count: i64 =
            self.database.query_one("SELECT count(*) FROM appointment", &[]).await.expect("a count").get(0);
        assert_eq!(
            made.len(),
            usize::try_from(count).expect("small"),
            "one visit for each key, none lost, none doubled"
        );

        self.world.let_pass(SignedDuration::from_mins(31)).await;
        let live =
            "SELECT count(*) FROM appointment WHERE status = 'held' AND hold_expires_at <= rendez_now()";
        let overdue: i64 = self.database.query_one(live, &[]).await.expect("a count").get(0);
        let expire =
            Request { path: "/v1/appointments/expire".into(), body: json!({}), key: "the-end".into() };
        let expired = self.client.send(&expire).await.expect("it lives");
        let released = expired.body["appointments"].as_array().map_or(0, Vec::len);
        assert_eq!(
            released,
            usize::try_from(overdue).expect("small"),
            "every hold past its deadline: {}",
            expired.body
        );
        let held: i64 = self
            .database
            .query_one(
                "SELECT (SELECT count(*) FROM hold) + (SELECT count(*) FROM claim WHERE kind = 'hold')",
                &[],
            )
            .await
            .expect("a count")
            .get(0);
        assert_eq!(held, 0, "no slot is held past its time");
        self.acknowledged_visits_stand().await;
        consistency::check(&self.database).await;
        self.program = None;
    }

    async fn next_request(&mut self, number: u64) -> Request {
        let key = format!("{number}-{}-{}", self.sent, self.below(u64::MAX));
        let command = self.point.split('.').next().unwrap_or_default().to_owned();
        // The command that the point is about comes every third time.
        let kind = match self.below(3) {
            0 => command.as_str(),
            _ => [
                "hold",
                "hold",
                "hold",
                "confirm",
                "confirm",
                "settle",
                "settle",
                "reschedule",
                "replay",
                "expire",
                "overbook",
            ][usize::try_from(self.below(11)).expect("small")],
        };
        let patient = self.patients[self.pick(self.patients.len())];
        match kind {
            "replay" if !self.known.is_empty() => self.known[self.pick(self.known.len())].0.clone(),
            "confirm" | "settle" | "reschedule" if !self.visits.is_empty() => {
                let id = self.some_visit().await;
                let (verb, body) = match kind {
                    "confirm" => ("confirm", json!({})),
                    "reschedule" => ("reschedule", json!({ "slot_id": self.slot() })),
                    _ if self.below(8) == 0 => ("outcome", json!({ "status": "arrived" })),
                    _ => ("cancel", json!({ "reason": "empêchement" })),
                };
                Request { path: format!("/v1/appointments/{id}/{verb}"), body, key }
            }
            "expire" => {
                self.world.let_pass(SignedDuration::from_mins(16)).await;
                Request { path: "/v1/appointments/expire".into(), body: json!({}), key }
            }
            "overbook" => {
                let practitioner = &self.practitioners[self.pick(2)];
                let offset = i64::try_from(self.below(180)).expect("small");
                let body = json!({
                    "practitioner_id": practitioner.id, "visit_type_id": practitioner.visit_types[0].id, "patient_id": patient,
                    "start": (self.days[self.today].start() + SignedDuration::from_mins(offset)).to_string(), "overbook_reason": "urgence",
                });
                Request { path: "/v1/appointments".into(), body, key }
            }
            _ => Request {
                path: "/v1/appointments".into(),
                body: json!({ "slot_id": self.slot(), "patient_id": patient }),
                key,
            },
        }
    }

    /// Mostly one that can still be changed, sometimes one of the last, whatever became of it.
    async fn some_visit(&self) -> String {
        let live = "SELECT id FROM appointment WHERE status IN ('held', 'booked') ORDER BY id";
        let live = self.database.query(live, &[]).await.expect("appointments");
        match live.is_empty() || self.below(4) == 0 {
            true => {
                let recent = self.visits.len().min(16);
                self.visits.keys().nth_back(self.pick(recent)).cloned().unwrap_or_default()
            }
            false => AppointmentId::from_uuid(live[self.pick(live.len())].get(0)).to_string(),
        }
    }

    fn pick(&self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).expect("small"))).expect("small")
    }

    fn slot(&self) -> SlotId {
        let quarter = i64::try_from(self.below(SLOTS)).expect("small");
        self.world.slot(
            &self.practitioners[self.pick(2)],
            self.days[self.today].start() + SignedDuration::from_mins(15 * quarter),
        )
    }
}

/// A request that reaches no crash point.
fn probe() -> Request {
    Request { path: "/v1/appointments".into(), body: Value::Null, key: "probe".into() }
}

/// Waits until PostgreSQL has ended what the dead program began.
async fn quiet(database: &Database) {
    let others = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'rendez' AND state <> 'idle'";
    loop {
        let busy: i64 = database.query_one(others, &[]).await.expect("a count").get(0);
        if busy == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}
