//! What was acknowledged to whom, while the server is being killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::booking::{Booker, Visit};
use crate::tally::Surprises;

/// Whoever got no answer asks again after this time …
const PAUSE: Duration = Duration::from_millis(50);
/// … and gives up after this one.
const PATIENCE: Duration = Duration::from_secs(90);
/// Under the load of this figure a second without any answer is a silence.
const STEADY: Duration = Duration::from_secs(1);

/// Acknowledged holds and confirmations.
#[derive(Default)]
pub(crate) struct Ledger {
    visits: Mutex<Vec<(u64, String)>>,
    answered_at: Mutex<Vec<Instant>>,
    asked: AtomicU64,
    unanswered: AtomicU64,
    again: Surprises,
    refused: Surprises,
}

impl Ledger {
    /// Makes the nth booking, whatever it takes; whether it was acknowledged whole.
    pub(crate) async fn insist_on(&self, booker: &Booker, n: u64) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let Some(id) = self.insist(booker, &booker.hold_request(n), 201).await else { return false };
        let Some(again) = self.insist(booker, &booker.confirm_request(n, &id), 200).await else {
            return false;
        };
        if again != id {
            self.refused.count("a confirmation of another visit".to_owned());
            return false;
        }
        lock(&self.visits).push((n, id));
        true
    }

    /// The numbers and ids of the visits that were confirmed.
    pub(crate) fn visits(&self) -> Vec<(u64, String)> {
        lock(&self.visits).clone()
    }

    /// Bookings that were begun.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Requests that were given up.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Answers that made a patient ask again.
    pub(crate) fn asked_again(&self) -> String {
        self.again.list()
    }

    /// Answers that no patient should have got.
    pub(crate) const fn refused(&self) -> &Surprises {
        &self.refused
    }

    /// The longest time without an acknowledgement since an instant.
    pub(crate) fn silence_since(&self, from: Instant) -> Duration {
        let answered: Vec<Instant> =
            lock(&self.answered_at).iter().copied().filter(|at| *at > from).collect();
        let now = Instant::now();
        let (before, after) =
            (std::iter::once(&from).chain(&answered), answered.iter().chain(std::iter::once(&now)));
        before
            .zip(after)
            .map(|(before, after)| after.saturating_duration_since(*before))
            .max()
            .unwrap_or_default()
    }

    /// Whether somebody has just been answered.
    pub(crate) fn is_answered(&self) -> bool {
        lock(&self.answered_at).last().is_some_and(|at| at.elapsed() < STEADY)
    }

    async fn insist(&self, booker: &Booker, request: &[u8], status: u16) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match booker.connections().ask(request).await {
                Ok(answer) if answer.status == status => {
                    lock(&self.answered_at).push(Instant::now());
                    match answer.json::<Visit>() {
                        Ok(visit) => return Some(visit.id),
                        Err(_) => self.refused.count("an answer without an id".to_owned()),
                    }
                    return None;
                }
                Ok(answer) => {
                    let name = answer.name();
                    let passes = answer.status >= 500
                        || matches!(name.as_str(), "409 idempotency-key-in-use" | "409 busy");
                    if !passes {
                        self.refused.count(name);
                        return None;
                    }
                    self.again.count(name);
                }
                Err(error) => self.again.count(format!("connection: {}", error.kind())),
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        None
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
