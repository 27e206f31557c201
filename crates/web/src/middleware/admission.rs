//! How many requests may run at once, and how often who may ask.
//!
//! Invariants: nobody waits here: what cannot be served now is told when to come back; memory is bounded, because
//! whoever has been quiet for long enough is forgotten every minute. Limits are of this process, not of the cluster.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use rendez_vocab::Actor;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::address::neighbourhood;
use crate::problem::{Problem, codes};

const FORGET_EVERY: Duration = Duration::from_secs(60);

/// The limits. A rate of 0 sets no limit.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests that run at once; more are told to come back.
    pub max_in_flight: usize,
    /// Event streams that are open at once.
    pub max_streams: usize,
    /// Requests of one signed-in caller.
    pub requests_per_minute_per_caller: u32,
    /// Requests from one address (IPv6: one /64).
    pub requests_per_minute_per_address: u32,
    /// Attempts to sign in or up from one address.
    pub sign_ins_per_minute_per_address: u32,
}

/// Admits requests or tells them when to come back. Cheap to clone.
#[derive(Clone)]
pub struct Admission(Arc<Doors>);

struct Doors {
    running: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    callers: Option<DefaultKeyedRateLimiter<String>>,
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    sign_ins: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

impl Admission {
    /// Doors with these limits.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Doors {
            running: Arc::new(Semaphore::new(limits.max_in_flight)),
            streams: Arc::new(Semaphore::new(limits.max_streams)),
            callers: limiter(limits.requests_per_minute_per_caller),
            addresses: limiter(limits.requests_per_minute_per_address),
            sign_ins: limiter(limits.sign_ins_per_minute_per_address),
        }))
    }

    /// A place among the running requests, until it is dropped.
    pub fn enter(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.0.running)
    }

    /// A place among the open streams, until it is dropped.
    pub fn open_stream(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.0.streams)
    }

    /// Counts a request of a signed-in caller.
    pub fn check_caller(&self, actor: &Actor) -> Result<(), Problem> {
        // Our own jobs and the tests' server actor have no budget.
        if matches!(actor, Actor::Server) {
            return Ok(());
        }
        check(self.0.callers.as_ref(), || actor.to_string())
    }

    /// Counts a request from an address. A request without one comes from inside.
    pub fn check_address(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        address.map_or(Ok(()), |address| check(self.0.addresses.as_ref(), || neighbourhood(address)))
    }

    /// Counts an attempt to sign in or up.
    pub fn check_sign_in(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        address.map_or(Ok(()), |address| check(self.0.sign_ins.as_ref(), || neighbourhood(address)))
    }

    /// Starts the task that forgets the quiet ones, until `stop`.
    pub fn spawn_upkeep(&self, stop: CancellationToken) -> JoinHandle<()> {
        let doors = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut beat = tokio::time::interval(FORGET_EVERY);
            while stop.run_until_cancelled(beat.tick()).await.is_some() {
                forget(doors.callers.as_ref());
                forget(doors.addresses.as_ref());
                forget(doors.sign_ins.as_ref());
            }
        })
    }
}

fn place(doors: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(doors).try_acquire_owned().map_err(|_| Problem::new(&codes::OVERLOADED).retry_after(1))
}

fn limiter<K: Hash + Eq + Clone>(per_minute: u32) -> Option<DefaultKeyedRateLimiter<K>> {
    NonZeroU32::new(per_minute).map(|rate| RateLimiter::keyed(Quota::per_minute(rate)))
}

fn check<K: Hash + Eq + Clone>(
    limiter: Option<&DefaultKeyedRateLimiter<K>>,
    key: impl FnOnce() -> K,
) -> Result<(), Problem> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(&key()).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        // Rounded up: whoever comes back then is let in.
        Problem::new(&codes::RATE_LIMITED).retry_after(wait.as_secs() + 1)
    })
}

fn forget<K: Hash + Eq + Clone>(limiter: Option<&DefaultKeyedRateLimiter<K>>) {
    if let Some(limiter) = limiter {
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(per_minute: u32) -> Admission {
        Admission::new(Limits {
            max_in_flight: 1,
            max_streams: 1,
            requests_per_minute_per_caller: per_minute,
            requests_per_minute_per_address: per_minute,
            sign_ins_per_minute_per_address: per_minute,
        })
    }

    #[test]
    fn a_full_house_turns_away_at_once() {
        let doors = doors(0);
        let inside = doors.enter().expect("a place");
        assert_eq!(doors.enter().expect_err("full").code().name, "overloaded");
        drop(inside);
        assert!(doors.enter().is_ok());
    }

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let doors = doors(2);
        let one = Actor::Admin("one".to_owned());
        assert!(doors.check_caller(&one).is_ok());
        assert!(doors.check_caller(&one).is_ok());
        assert_eq!(doors.check_caller(&one).expect_err("too often").code().name, "rate-limited");
        assert!(doors.check_caller(&Actor::Admin("two".to_owned())).is_ok());
        let address = Some("192.0.2.1".parse().expect("a literal"));
        assert!(doors.check_sign_in(address).is_ok());
        assert!(doors.check_sign_in(address).is_ok());
        assert!(doors.check_sign_in(address).is_err());
        assert!(doors.check_address(address).is_ok(), "counted apart");
        assert!(doors.check_address(None).is_ok());
    }
}
