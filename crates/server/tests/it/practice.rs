//! A practice to test with, set up over HTTP by its operator, in a receptionist's words.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::{Answer, Caller, list, text};

/// A practitioner in Rennes.
pub(crate) struct Practice {
    pub(crate) practitioner: String,
    pub(crate) organization: String,
    pub(crate) location: String,
    pub(crate) visit_type: String,
    admin: Caller,
}

impl Practice {
    /// A general practitioner with the usual visit of 15 minutes.
    pub(crate) async fn usual(app: &TestApp) -> Self {
        Self::with(app, json!({})).await
    }

    /// The same with other or further fields.
    pub(crate) async fn with(app: &TestApp, fields: Value) -> Self {
        let mut body = json!({
            "given_name": "Hélène", "family_name": "Le Goff", "specialty": "general-practice", "languages": ["fr"],
            "location": rennes(),
        });
        if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
            body.extend(fields);
        }
        let admin = app.admin();
        let made = admin.post("/v1/practitioners", body).await.made();
        Self {
            practitioner: text(&made["id"]),
            organization: text(&made["organization_id"]),
            location: text(&made["location"]["id"]),
            visit_type: text(&made["visit_types"][0]["id"]),
            admin,
        }
    }

    /// A path below the practitioner.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/practitioners/{}{rest}", self.practitioner)
    }

    /// Opens a range; the ids of its slots.
    pub(crate) async fn open(&self, start: Timestamp, minutes: i64) -> Vec<String> {
        let end = start.checked_add(minutes.minutes()).expect("a near time");
        let ranges = json!({"ranges": [{"start": start, "end": end}]});
        let made = self.admin.post(self.path("/openings"), ranges).await.made();
        list(&made["slots"]).iter().map(|slot| text(&slot["id"])).collect()
    }

    /// The slots that are offered to a caller, as the whole answer.
    pub(crate) async fn offered_to(&self, caller: &Caller) -> Value {
        caller.get(self.path("/slots")).await.ok()
    }

    /// How many slots are offered to everybody.
    pub(crate) async fn offered(&self, app: &TestApp) -> usize {
        list(&self.offered_to(&app.nobody()).await["slots"]).len()
    }
}

/// A location in Rennes.
pub(crate) fn rennes() -> Value {
    json!({
        "name": "Cabinet des Lices", "line": "2 place des Lices", "postal_code": "35000", "city": "Rennes",
        "country": "FR", "latitude": 48.1147, "longitude": -1.6794, "time_zone": "Europe/Paris",
    })
}

/// A patient's record, entered by the operator; its id.
pub(crate) async fn patient(app: &TestApp) -> String {
    let body = json!({"given_name": "Ana", "family_name": "Quatremaille"});
    text(&app.admin().post("/v1/patients", body).await.made()["id"])
}

/// Somebody holds a slot for a patient.
pub(crate) async fn hold(caller: &Caller, slot: &str, patient: &str) -> Answer {
    caller.post("/v1/appointments", json!({"slot_id": slot, "patient_id": patient})).await
}

/// A patient books a slot; the visit.
pub(crate) async fn book(app: &TestApp, slot: &str, patient: &str) -> Value {
    let caller = app.patient(patient);
    let held = hold(&caller, slot, patient).await.made();
    act(&caller, &held, "confirm", json!({})).await.ok()
}

/// Something is done to a visit.
pub(crate) async fn act(caller: &Caller, visit: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/appointments/{}/{action}", text(&visit["id"])), body).await
}
