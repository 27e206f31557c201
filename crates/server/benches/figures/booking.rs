//! A patient books: hold, then confirm, over HTTP, each with an idempotency key and the patient's own token.

use std::io::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use serde::Deserialize;
use tokio::time::Instant;

use crate::http::{Answer, Connections, post};
use crate::practices::Practices;
use crate::tally::{Latencies, Surprises};
use crate::tokens::Tokens;

/// What is read of an appointment.
#[derive(Debug, Deserialize)]
pub(crate) struct Visit {
    /// Its id, as the API spells it.
    pub(crate) id: String,
}

/// Books for one group of practitioners and patients, each booking once.
pub(crate) struct Booker {
    connections: Connections,
    practices: Practices,
    tokens: Vec<String>,
    next: AtomicU64,
}

impl Booker {
    /// One token for each patient, and the connections to ask over.
    pub(crate) fn new(practices: Practices, tokens: &Tokens, connections: Connections) -> Result<Self> {
        let made: Result<_> =
            (0..practices.patients()).map(|number| tokens.patient(practices.patient(number))).collect();
        Ok(Self { connections, practices, tokens: made?, next: AtomicU64::new(0) })
    }

    /// For whom and with whom it books.
    pub(crate) const fn practices(&self) -> &Practices {
        &self.practices
    }

    /// The connections it asks over.
    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The number of the next booking.
    pub(crate) fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The request that holds the nth booking's slot.
    pub(crate) fn hold_request(&self, n: u64) -> Vec<u8> {
        let patient = self.practices.patient_number(n);
        let body = format!(
            r#"{{"slot_id":"{}","patient_id":"{}"}}"#,
            self.practices.slot(n),
            self.practices.patient(patient)
        );
        post("/v1/appointments", &self.tokens[patient as usize], &format!("hold-{n}"), &body)
    }

    /// The request that confirms it.
    pub(crate) fn confirm_request(&self, n: u64, id: &str) -> Vec<u8> {
        let patient = self.practices.patient_number(n);
        post(
            &format!("/v1/appointments/{id}/confirm"),
            &self.tokens[patient as usize],
            &format!("confirm-{n}"),
            "{}",
        )
    }

    /// The next booking, whole. `due` is when the patient pressed the button.
    pub(crate) async fn book(&self, due: Instant, tally: &Tally) {
        let n = self.next();
        let held = self.connections.ask(&self.hold_request(n)).await;
        let Some(held) = tally.expect(201, held) else { return };
        let held_at = Instant::now();
        tally.hold.record(held_at - due);
        let Ok(visit) = held.json::<Visit>() else {
            tally.surprises.count("a 201 without an id".to_owned());
            return;
        };
        let booked = self.connections.ask(&self.confirm_request(n, &visit.id)).await;
        if tally.expect(200, booked).is_some() {
            let now = Instant::now();
            tally.confirm.record(now - held_at);
            tally.both.record(now - due);
        }
    }
}

/// What came of many bookings.
pub(crate) struct Tally {
    /// From the instant when it was due to the hold's answer.
    pub(crate) hold: Latencies,
    /// From the hold's answer to the confirmation's.
    pub(crate) confirm: Latencies,
    /// From the instant when it was due to the confirmation's answer: one for each visit that was booked.
    pub(crate) both: Latencies,
    /// Every other answer than 201 and 200, and every broken connection.
    pub(crate) surprises: Surprises,
}

impl Tally {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            hold: Latencies::new(),
            confirm: Latencies::new(),
            both: Latencies::new(),
            surprises: Surprises::default(),
        }
    }

    fn expect(&self, status: u16, answer: Result<Answer, Error>) -> Option<Answer> {
        match answer {
            Ok(answer) if answer.status == status => return Some(answer),
            Ok(answer) => self.surprises.count(answer.name()),
            Err(error) => self.surprises.count(format!("connection: {}", error.kind())),
        }
        None
    }
}
