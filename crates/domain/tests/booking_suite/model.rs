//! Random days of three patients and two practitioners, against a model that fits on a page.

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rendez_domain::booking::{self, Appointment, BookingRefusal};
use rendez_domain::directory::Practitioner;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId};

const HOLD_MINUTES: i64 = 30;
const MAX_HOLDS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    practitioner: usize,
    quarter: usize,
}

#[derive(Debug, Clone)]
enum Step {
    Hold { patient: usize, place: Place },
    Confirm { visit: usize },
    Cancel { visit: usize },
    Move { visit: usize, place: Place },
    Pass { minutes: i64 },
    Sweep,
}

fn place() -> impl Strategy<Value = Place> {
    (0..2usize, 0..4usize).prop_map(|(practitioner, quarter)| Place { practitioner, quarter })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3usize, place()).prop_map(|(patient, place)| Step::Hold { patient, place }),
        3 => (0..12usize).prop_map(|visit| Step::Confirm { visit }),
        2 => (0..12usize).prop_map(|visit| Step::Cancel { visit }),
        4 => (0..12usize, place()).prop_map(|(visit, place)| Step::Move { visit, place }),
        2 => (1..25i64).prop_map(|minutes| Step::Pass { minutes }),
        1 => Just(Step::Sweep),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Held { until: i64 },
    Booked,
    Cancelled,
}

#[derive(Debug, Clone)]
struct Visit {
    patient: usize,
    place: Place,
    state: State,
}

/// The whole of the rules, without a database.
#[derive(Debug, Default)]
struct Model {
    now: i64,
    visits: Vec<Visit>,
}

impl Model {
    fn is_live(&self, visit: &Visit) -> bool {
        match visit.state {
            State::Held { until } => until > self.now,
            State::Booked => true,
            State::Cancelled => false,
        }
    }

    /// Why a patient cannot have a place, their visit `own` aside.
    fn obstacle(&self, patient: usize, place: Place, own: Option<usize>) -> Option<&'static str> {
        let others =
            || self.visits.iter().enumerate().filter(|(at, visit)| Some(*at) != own && self.is_live(visit));
        if let Some((_, blocker)) = others().find(|(_, visit)| visit.place == place) {
            let theirs = blocker.patient == patient && matches!(blocker.state, State::Held { .. });
            return Some(if theirs { "already-yours" } else { "slot-taken" });
        }
        let elsewhere =
            others().any(|(_, visit)| visit.patient == patient && visit.place.quarter == place.quarter);
        elsewhere.then_some("patient-overlap")
    }

    fn hold(&mut self, patient: usize, place: Place) -> &'static str {
        let holds = self.visits.iter().filter(|visit| {
            visit.patient == patient && matches!(visit.state, State::Held { .. }) && self.is_live(visit)
        });
        if holds.count() >= MAX_HOLDS {
            return "too-many-holds";
        }
        if let Some(obstacle) = self.obstacle(patient, place, None) {
            return obstacle;
        }
        self.visits.push(Visit { patient, place, state: State::Held { until: self.now + HOLD_MINUTES } });
        "held"
    }

    fn confirm(&mut self, visit: usize) -> &'static str {
        match self.visits[visit].state {
            State::Held { until } if until <= self.now => "hold-expired",
            State::Held { .. } => {
                self.visits[visit].state = State::Booked;
                "booked"
            }
            State::Booked => "already-confirmed",
            State::Cancelled => "wrong-status",
        }
    }

    fn cancel(&mut self, visit: usize) -> &'static str {
        match self.visits[visit].state {
            State::Held { until } if until <= self.now => "hold-expired",
            State::Cancelled => "already-cancelled",
            _ => {
                self.visits[visit].state = State::Cancelled;
                "cancelled"
            }
        }
    }

    fn reschedule(&mut self, visit: usize, place: Place) -> &'static str {
        let before = self.visits[visit].clone();
        let done = match before.state {
            State::Held { until } if until <= self.now => return "hold-expired",
            State::Cancelled => return "wrong-status",
            State::Held { .. } => "held",
            State::Booked => "booked",
        };
        if before.place == place {
            return "same-slot";
        }
        if let Some(obstacle) = self.obstacle(before.patient, place, Some(visit)) {
            return obstacle;
        }
        self.visits[visit].place = place;
        done
    }

    fn status(&self, visit: &Visit) -> &'static str {
        match visit.state {
            State::Held { .. } if self.is_live(visit) => "held",
            State::Held { .. } => "expired",
            State::Booked => "booked",
            State::Cancelled => "cancelled",
        }
    }
}

fn word(answer: &Result<Appointment, BookingRefusal>) -> String {
    use BookingRefusal as No;
    match answer {
        Ok(appointment) => appointment.status.as_str().into(),
        Err(No::SlotTaken { .. }) => "slot-taken".into(),
        Err(No::AlreadyYours { .. }) => "already-yours".into(),
        Err(No::PatientOverlap) => "patient-overlap".into(),
        Err(No::TooManyHolds { .. }) => "too-many-holds".into(),
        Err(No::HoldExpired) => "hold-expired".into(),
        Err(No::AlreadyConfirmed) => "already-confirmed".into(),
        Err(No::Already(status)) => format!("already-{}", status.as_str()),
        Err(No::WrongStatus) => "wrong-status".into(),
        Err(No::SameSlot) => "same-slot".into(),
        Err(other) => format!("{other:?}"),
    }
}

/// The same steps on the real thing.
struct Practice {
    world: World,
    practitioners: [Practitioner; 2],
    patients: [PatientId; 3],
    opens: Timestamp,
    begin: Timestamp,
    visits: Vec<AppointmentId>,
}

impl Practice {
    async fn new() -> Self {
        let world = World::new().await;
        let practitioners = [world.practitioner(vec![]).await, world.practitioner(vec![]).await];
        let day = world.open_day(&practitioners[0], 4, 60).await;
        world.open_day(&practitioners[1], 4, 60).await;
        let patients = [world.patient().await, world.patient().await, world.patient().await];
        let begin = day.start() - SignedDuration::from_hours(60);
        world.stop_clock_at(begin).await;
        Self { world, practitioners, patients, opens: day.start(), begin, visits: Vec::new() }
    }

    fn slot(&self, place: Place) -> SlotId {
        let quarter = i64::try_from(place.quarter).expect("small");
        self.world.slot(
            &self.practitioners[place.practitioner],
            self.opens + SignedDuration::from_mins(15 * quarter),
        )
    }

    /// Takes one step in both worlds and compares what they say.
    async fn step(&mut self, model: &mut Model, step: &Step) {
        let visit_of = |visit: usize| (!model.visits.is_empty()).then(|| visit % model.visits.len());
        let (said, expected) = match *step {
            Step::Hold { patient, place } => {
                let answer = self.world.hold(self.patients[patient], self.slot(place)).await;
                self.visits.extend(answer.as_ref().ok().map(|held| held.id));
                (word(&answer), model.hold(patient, place))
            }
            Step::Confirm { visit } => {
                let Some(visit) = visit_of(visit) else { return };
                let ctx = self.patient_of(model, visit);
                (word(&booking::confirm(&ctx, self.visits[visit], None, None).await), model.confirm(visit))
            }
            Step::Cancel { visit } => {
                let Some(visit) = visit_of(visit) else { return };
                let ctx = self.patient_of(model, visit);
                (word(&booking::cancel(&ctx, self.visits[visit], None, None).await), model.cancel(visit))
            }
            Step::Move { visit, place } => {
                let Some(visit) = visit_of(visit) else { return };
                let ctx = self.patient_of(model, visit);
                let answer = booking::reschedule(&ctx, self.visits[visit], None, self.slot(place)).await;
                (word(&answer), model.reschedule(visit, place))
            }
            Step::Pass { minutes } => {
                model.now += minutes;
                self.world.stop_clock_at(self.begin + SignedDuration::from_mins(model.now)).await;
                return;
            }
            Step::Sweep => {
                booking::sweep(&self.world.admin()).await.expect("a sweep");
                return;
            }
        };
        assert_eq!(said, expected, "{step:?} at minute {} of {:#?}", model.now, model.visits);
    }

    fn patient_of(&self, model: &Model, visit: usize) -> rendez_domain::Ctx {
        self.world.ctx(Actor::Patient(self.patients[model.visits[visit].patient]))
    }

    /// Both worlds hold the same visits in the end.
    async fn compare(&self, model: &Model) {
        booking::sweep(&self.world.admin()).await.expect("a sweep");
        for (visit, id) in model.visits.iter().zip(&self.visits) {
            let real = booking::find(&self.world.admin(), *id).await.expect("nothing is ever deleted");
            let at = (real.status.as_str(), real.practitioner, real.range.start());
            let place = self.slot(visit.place);
            assert_eq!(at, (model.status(visit), place.practitioner, place.start()));
        }
        self.world.assert_consistent().await;
    }
}

#[test]
fn random_days_follow_the_rules() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&vec(step(), 10..40), |steps| {
            runtime.block_on(async {
                let mut practice = Practice::new().await;
                let mut model = Model::default();
                for step in &steps {
                    practice.step(&mut model, step).await;
                }
                practice.compare(&model).await;
            });
            Ok(())
        })
        .expect("the model and the database agree");
}
