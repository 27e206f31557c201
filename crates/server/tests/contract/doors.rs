//! Who is kept out: every URL of the API description as everybody. A URL that is not in the table fails the test.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rendez_domain::directory::{self, NewPatient, NewTimeOff, Practitioner};
use rendez_domain::idempotency::Answer;
use rendez_domain::waiting::{self, Hours, NewWish, Target, Weekdays};
use rendez_vocab::ids::{AppointmentId, PatientId, WishId};
use rendez_vocab::{Actor, TimeRange};
use serde_json::{Value, json};

use crate::app::{TestApp, admin};

/// `in`: got as far as the work itself. `no`: 403 or 404. `401`: must sign in.
/// Columns: nobody, a stranger, the patient, their practitioner, a practitioner elsewhere, the desk, a desk elsewhere,
/// the partner who registered the patient, another partner, an admin.
const TABLE: &[(&str, &str)] = &[
    ("POST /v1/practitioners", "401 no no no no no no no no in"),
    ("GET /v1/practitioners/{id}", "in in in in in in in in in in"),
    ("PATCH /v1/practitioners/{id}", "401 no no in no in no no no in"),
    ("POST /v1/practitioners/{id}/visit-types", "401 no no in no in no no no in"),
    ("PUT /v1/practitioners/{id}/visit-types/{visit_type_id}", "401 no no in no in no no no in"),
    ("GET /v1/practitioners/{id}/opening-hours", "in in in in in in in in in in"),
    ("PUT /v1/practitioners/{id}/opening-hours", "401 no no in no in no no no in"),
    ("POST /v1/practitioners/{id}/openings", "401 no no in no in no no no in"),
    ("DELETE /v1/practitioners/{id}/openings/{opening_id}", "401 no no in no in no no no in"),
    ("GET /v1/practitioners/{id}/time-off", "401 no no in no in no no no in"),
    ("POST /v1/practitioners/{id}/time-off", "401 no no in no in no no no in"),
    ("DELETE /v1/practitioners/{id}/time-off/{time_off_id}", "401 no no in no in no no no in"),
    ("GET /v1/practitioners/{id}/slots", "in in in in in in in in in in"),
    ("GET /v1/practitioners/{id}/slots/explain", "in in in in in in in in in in"),
    ("GET /v1/practitioners/{id}/slots/stream", "in in in in in in in in in in"),
    ("GET /v1/organizations/{id}", "in in in in in in in in in in"),
    ("GET /v1/organizations/{id}/locations", "in in in in in in in in in in"),
    ("POST /v1/organizations/{id}/locations", "401 no no no no in no no no in"),
    ("GET /v1/organizations/{id}/practitioners", "in in in in in in in in in in"),
    ("GET /v1/locations/{id}", "in in in in in in in in in in"),
    ("GET /v1/locations/{id}/rooms", "401 in in in in in in in in in"),
    ("POST /v1/locations/{id}/rooms", "401 no no no no in no no no in"),
    ("POST /v1/patients", "401 no no in in in in in in in"),
    ("GET /v1/patients/{id}", "401 no in in no in no in no in"),
    ("PATCH /v1/patients/{id}", "401 no in no no no no in no in"),
    ("GET /v1/appointments", "401 no in in in in in in no in"),
    ("POST /v1/appointments", "401 no in in no in no in no in"),
    ("POST /v1/appointments/expire", "401 no no no no no no no no in"),
    ("GET /v1/appointments/{id}", "401 no in in no in no in no in"),
    ("GET /v1/appointments/{id}/audit", "401 no no in no in no no no in"),
    ("POST /v1/appointments/{id}/confirm", "401 no in in no in no in no in"),
    ("POST /v1/appointments/{id}/cancel", "401 no in in no in no in no in"),
    ("POST /v1/appointments/{id}/reschedule", "401 no in in no in no in no in"),
    ("POST /v1/appointments/{id}/outcome", "401 no no in no in no no no in"),
    ("GET /v1/wishes", "401 no in no no no no in no in"),
    ("POST /v1/wishes", "401 no in no no no no in no in"),
    ("GET /v1/wishes/{id}", "401 no in no no no no in no in"),
    ("POST /v1/wishes/{id}/withdraw", "401 no in no no no no in no in"),
    ("POST /v1/wishes/{id}/wait-again", "401 no in no no no no in no in"),
    // Whoever has no right password is nobody.
    ("POST /v1/tokens", "401 401 401 401 401 401 401 401 401 401"),
    // The address is the right: this one is nobody's.
    ("GET /v1/calendars/{token}", "no no no no no no no no no no"),
    ("GET /v1/search", "in in in in in in in in in in"),
    ("GET /v1/specialties", "in in in in in in in in in in"),
    ("GET /v1/places", "in in in in in in in in in in"),
    ("GET /v1/completions", "in in in in in in in in in in"),
    ("GET /v1/index", "401 no no no no no no no no in"),
    ("POST /v1/index/check", "401 no no no no no no no no in"),
    ("GET /healthz", "in in in in in in in in in in"),
    ("GET /readyz", "in in in in in in in in in in"),
    ("GET /metrics", "in in in in in in in in in in"),
    ("GET /.well-known/jwks.json", "in in in in in in in in in in"),
    ("GET /.well-known/openid-configuration", "in in in in in in in in in in"),
];

/// A practice with one patient who has a visit.
struct House {
    app: TestApp,
    practitioner: Practitioner,
    day: TimeRange,
    ana: PatientId,
    visit: AppointmentId,
    wish: WishId,
    everybody: Vec<Actor>,
}

async fn house() -> House {
    let app = TestApp::new().await;
    let (practitioner, elsewhere) =
        (app.world.practitioner(vec![]).await, app.world.practitioner(vec![]).await);
    let day = app.world.open_day(&practitioner, 3, 60).await;
    let portal = Actor::System("portal".into());
    let new = NewPatient { given_name: "Ana".into(), family_name: "Martin".into(), ..NewPatient::default() };
    let made = directory::create_patient(&app.world.ctx(portal.clone()), new, |_| Value::Null).await;
    let ana = match made.expect("a partner may") {
        Answer::Fresh(patient) => patient.id,
        Answer::Replayed(_) => panic!("nothing to replay"),
    };
    let bob = app.world.patient().await;
    let visit = app.world.book(ana, app.world.slot(&practitioner, day.start())).await.id;
    let last_day = date_of(day.end());
    let wished = NewWish {
        patient: ana,
        target: Target::Practitioner {
            practitioner: practitioner.id,
            visit_type: practitioner.visit_types[0].id,
        },
        weekdays: Weekdays::ALL,
        hours: Hours::ALL,
        first_day: last_day,
        last_day,
    };
    let Ok(Answer::Fresh(wish)) = waiting::leave(&app.world.admin(), wished, |_| Value::Null).await else {
        panic!("an admin may")
    };
    let everybody = vec![
        Actor::Nobody,
        Actor::Patient(bob),
        Actor::Patient(ana),
        Actor::Practitioner(practitioner.id),
        Actor::Practitioner(elsewhere.id),
        app.world.desk_of(&practitioner).actor,
        app.world.desk_of(&elsewhere).actor,
        portal,
        Actor::System("rival".into()),
        admin(),
    ];
    House { app, practitioner, day, ana, visit, wish: wish.id, everybody }
}

/// The day in Greenwich.
fn date_of(at: jiff::Timestamp) -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(at).date()
}

impl House {
    /// A path with real ids, and what to send. Records that a request would take away are made for it.
    async fn filled(&self, method: &str, template: &str, number: i64) -> (String, Value) {
        let practitioner = &self.practitioner;
        let id = match template.split('/').nth(2) {
            Some("practitioners") => practitioner.id.to_string(),
            Some("organizations") => practitioner.organization.to_string(),
            Some("locations") => practitioner.locations[0].id.to_string(),
            Some("patients") => self.ana.to_string(),
            Some("wishes") => self.wish.to_string(),
            _ => self.visit.to_string(),
        };
        let mut path = template
            .replace("{id}", &id)
            .replace("{visit_type_id}", &practitioner.visit_types[0].id.to_string());
        let away = self.day.end() + SignedDuration::from_hours(24 * (1 + number));
        let range = TimeRange::new(away, away + SignedDuration::from_mins(30)).expect("a range");
        if path.contains("{opening_id}") {
            path = path.replace(
                "{opening_id}",
                &self.app.world.open(practitioner, range).await.opening.id.to_string(),
            );
        }
        if path.contains("{time_off_id}") {
            let new = NewTimeOff { range, reason: None };
            let taken =
                directory::take_time_off(&self.app.world.admin(), practitioner.id, new, |_| Value::Null)
                    .await;
            let Ok(Answer::Fresh(taken)) = taken else { panic!("an admin may") };
            path = path.replace("{time_off_id}", &taken.time_off.id.to_string());
        }
        let free = self.app.world.slot(practitioner, self.day.start() + SignedDuration::from_mins(15));
        let (start, end) = (range.start(), range.end());
        let body = match (method, template) {
            ("GET", "/v1/appointments" | "/v1/wishes") => {
                path.push_str(&format!("?patient_id={}", self.ana));
                Value::Null
            }
            ("GET", _) if template.ends_with("/explain") => {
                path.push_str(&format!("?start={start}&visit_type_id={}", practitioner.visit_types[0].id));
                Value::Null
            }
            ("GET", "/v1/places") => {
                path.push_str("?q=ren");
                Value::Null
            }
            ("POST", "/v1/tokens") => json!({ "email": "ana@example.org", "password": "not the right one" }),
            ("POST", "/v1/practitioners" | "/v1/patients") => {
                json!({ "given_name": "A", "family_name": "B" })
            }
            ("POST", _) if template.ends_with("/openings") => {
                json!({ "ranges": [{ "start": start, "end": end }] })
            }
            ("POST", _) if template.ends_with("/time-off") => json!({ "start": start, "end": end }),
            ("POST", _) if template.ends_with("/locations") => {
                json!({ "name": "Annexe", "time_zone": "Europe/Paris" })
            }
            ("POST", _) if template.ends_with("/rooms") => json!({ "kind": "echo", "name": "Salle" }),
            ("POST" | "PUT", _) if template.contains("visit-types") => {
                json!({ "name": "Bilan", "duration_minutes": 15 })
            }
            ("PUT", _) => json!({ "weekly": [] }),
            ("POST", "/v1/appointments") => {
                json!({ "slot_id": self.app.world.slot(practitioner, self.day.start()), "patient_id": self.ana })
            }
            ("POST", "/v1/wishes") => json!({
                "patient_id": self.ana, "specialty": "dermatology", "place": "Rennes", "last_day": date_of(self.day.end()),
            }),
            ("POST", _) if template.ends_with("/reschedule") => json!({ "slot_id": free }),
            ("POST", _) if template.ends_with("/outcome") => json!({ "status": "arrived" }),
            _ => json!({}),
        };
        (path, body)
    }

    async fn word(&self, actor: &Actor, method: &str, template: &str, number: i64) -> &'static str {
        let (path, body) = self.filled(method, template, number).await;
        let request = self.app.request(actor, method, &path);
        // A version that nobody has read: who may is told so, and nothing changes.
        let request = match method {
            "GET" | "DELETE" => request,
            _ => request.header("if-match", "\"99\"").json(&body),
        };
        // The head is enough; a stream has no end.
        let status = request.send().await.expect("an answer").status().as_u16();
        match status {
            401 => "401",
            403 | 404 => "no",
            200..=299 | 409 | 412 => "in",
            other => panic!("{method} {path} as {actor}: {other}"),
        }
    }
}

#[tokio::test]
async fn every_url_as_everybody() {
    let house = house().await;
    let mut number = 0;
    let mut wrong = Vec::new();
    for (url, expected) in TABLE {
        let (method, template) = url.split_once(' ').expect("a method and a path");
        for (actor, expected) in house.everybody.iter().zip(expected.split(' ')) {
            number += 1;
            let said = house.word(actor, method, template, number).await;
            if said != expected {
                wrong.push(format!("{url} as {actor}: {said}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    house.app.world.assert_consistent().await;
}

#[test]
fn no_url_is_forgotten() {
    let described = serde_json::to_value(rendez_web::router::document()).expect("JSON");
    let mut known = BTreeSet::new();
    for (path, item) in described["paths"].as_object().expect("paths") {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                known.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let table: BTreeSet<String> = TABLE.iter().map(|(url, _)| (*url).to_owned()).collect();
    assert_eq!(table, known);
    assert!(TABLE.iter().all(|(_, words)| words.split(' ').count() == 10));
}
