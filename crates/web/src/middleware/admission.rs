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
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::address::neighbourhood;
use super::crowd::{Crowd, Seat};
use crate::problem::{Problem, codes};

const FORGET_EVERY: Duration = Duration::from_secs(60);
/// Event streams of one address (IPv6: one /64), so that nobody takes all.
const STREAMS_PER_ADDRESS: usize = 20;

/// The limits. A rate of 0 sets no limit.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests that run at once; more are told to come back.
    pub max_in_flight: usize,
    /// Event streams that are open at once.
    pub max_streams: usize,
    /// Requests of one signed-in caller.
    pub requests_per_minute_per_caller: u32,
    /// Requests without a token or session that is believed, from one address (IPv6: one /64).
    pub requests_per_minute_per_address: u32,
    /// Attempts to sign in or up from one address, and as many to sign in to one account.
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
    /// By the digest of the address that was typed, so that guessing from many places is slow too.
    accounts: Option<DefaultKeyedRateLimiter<[u8; 32]>>,
    listeners: Crowd,
}

/// A place among the open streams, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct StreamPlace {
    _place: OwnedSemaphorePermit,
    _seat: Option<Seat>,
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
            accounts: limiter(limits.sign_ins_per_minute_per_address),
            listeners: Crowd::new(STREAMS_PER_ADDRESS),
        }))
    }

    /// A place among the running requests, until it is dropped.
    pub fn enter(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.0.running)
    }

    /// A place among the open streams, for somebody of this address.
    pub fn open_stream(&self, address: Option<IpAddr>) -> Result<StreamPlace, Problem> {
        let seat =
            address.map(|address| self.0.listeners.enter(address).ok_or_else(full_house)).transpose()?;
        Ok(StreamPlace { _place: place(&self.0.streams)?, _seat: seat })
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

    /// Counts an attempt to sign up.
    pub fn check_sign_up(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        address.map_or(Ok(()), |address| check(self.0.sign_ins.as_ref(), || neighbourhood(address)))
    }

    /// Counts an attempt to sign in to the account of an e-mail address, whether there is one or not.
    pub fn check_sign_in(&self, address: Option<IpAddr>, email: &str) -> Result<(), Problem> {
        self.check_sign_up(address)?;
        check(self.0.accounts.as_ref(), || Sha256::digest(email.trim().to_lowercase()).into())
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
                forget(doors.accounts.as_ref());
            }
        })
    }
}

fn full_house() -> Problem {
    Problem::new(&codes::OVERLOADED).retry_after(1)
}

fn place(doors: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(doors).try_acquire_owned().map_err(|_| full_house())
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
            max_streams: 100,
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
        assert!(doors.check_sign_up(address).is_ok());
        assert!(doors.check_sign_in(address, "a@b.example").is_ok());
        assert!(doors.check_sign_in(address, "c@d.example").is_err());
        assert!(doors.check_address(address).is_ok(), "counted apart");
        assert!(doors.check_address(None).is_ok());
    }

    #[test]
    fn an_account_is_not_guessed_at_from_many_places() {
        let doors = doors(2);
        let from = |host: u8, email: &str| doors.check_sign_in(Some([192, 0, 2, host].into()), email);
        assert!(from(1, "ana@example.org").is_ok());
        assert!(from(2, " Ana@Example.org").is_ok());
        assert_eq!(from(3, "ana@example.org").expect_err("too often").code().name, "rate-limited");
        assert!(from(3, "ben@example.org").is_ok(), "another account");
    }

    #[test]
    fn one_address_does_not_take_every_stream() {
        let doors = doors(0);
        let at = |host: u8| doors.open_stream(Some([192, 0, 2, host].into()));
        let mut open: Vec<_> = (0..STREAMS_PER_ADDRESS).map(|_| at(1).expect("a place")).collect();
        assert_eq!(at(1).expect_err("too many").code().name, "overloaded");
        open.push(at(2).expect("a place for others"));
        drop(open.remove(0));
        assert!(at(1).is_ok(), "a place came free");
    }
}
