//! Whether a node is worth asking: not while it fails, and then one question at a time until it answers again.

use std::time::Duration;

use tokio::time::Instant;

/// A circuit breaker. Whoever is admitted must tell how it went.
#[derive(Debug)]
pub(super) struct Breaker {
    /// So many failures in a row open it.
    limit: u32,
    /// How long it stays open before one question is tried.
    pause: Duration,
    failures: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Everybody may ask.
    Closed,
    /// Nobody may ask before then.
    Open(Instant),
    /// One is asking.
    Probing,
}

impl Breaker {
    pub(super) fn new(limit: u32, pause: Duration) -> Self {
        Self { limit: limit.max(1), pause, failures: 0, state: State::Closed }
    }

    /// Whether somebody may ask now.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        match self.state {
            State::Closed => true,
            State::Open(until) if until <= now => {
                self.state = State::Probing;
                true
            }
            State::Open(_) | State::Probing => false,
        }
    }

    /// It answered.
    pub(super) fn answered(&mut self) {
        self.failures = 0;
        self.state = State::Closed;
    }

    /// It did not answer, or not in time.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.state == State::Probing || self.failures >= self.limit {
            self.state = State::Open(now + self.pause);
        }
    }

    /// Whoever asked went away before it could answer: that says nothing about it, but another may try.
    pub(super) fn abandoned(&mut self, now: Instant) {
        if self.state == State::Probing {
            self.state = State::Open(now);
        }
    }

    /// Whether it turns people away.
    pub(super) fn is_open(&self) -> bool {
        self.state != State::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_one_answer() {
        let mut breaker = Breaker::new(3, PAUSE);
        let start = Instant::now();
        for _ in 0..2 {
            breaker.failed(start);
        }
        breaker.answered();
        for _ in 0..2 {
            breaker.failed(start);
        }
        assert!(breaker.admits(start), "two in a row are forgiven");
        breaker.failed(start);
        assert!(breaker.is_open() && !breaker.admits(start));
        let later = start + PAUSE;
        assert!(breaker.admits(later), "one may try");
        assert!(!breaker.admits(later), "only one");
        breaker.failed(later);
        assert!(!breaker.admits(later), "it failed again");
        let much_later = later + PAUSE;
        assert!(breaker.admits(much_later));
        breaker.answered();
        assert!(breaker.admits(much_later) && breaker.admits(much_later) && !breaker.is_open());
    }

    #[test]
    fn whoever_tried_and_went_away_leaves_it_to_the_next() {
        let mut breaker = Breaker::new(1, PAUSE);
        let start = Instant::now();
        breaker.failed(start);
        let later = start + PAUSE;
        assert!(breaker.admits(later));
        breaker.abandoned(later);
        assert!(breaker.is_open() && breaker.admits(later), "the next may try at once");
        breaker.answered();
        breaker.abandoned(later);
        assert!(!breaker.is_open(), "only a trial can be abandoned");
    }
}
