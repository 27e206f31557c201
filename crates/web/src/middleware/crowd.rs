//! Who is inside at the moment, counted by neighbourhood, so that nobody takes every place.
//!
//! Invariant: a neighbourhood without anybody inside takes no memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::address::neighbourhood;

/// A room in which each neighbourhood (IPv6: one /64) has so many places. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Crowd {
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

/// A place inside, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Seat {
    crowd: Crowd,
    neighbourhood: IpAddr,
}

impl Crowd {
    /// An empty room with so many places for each neighbourhood.
    pub fn new(most: usize) -> Self {
        Self { inside: Arc::default(), most }
    }

    /// A place for somebody of this address; `None` when their neighbourhood has no more.
    pub fn enter(&self, address: IpAddr) -> Option<Seat> {
        let neighbourhood = neighbourhood(address);
        let mut inside = self.inside();
        let count = inside.get(&neighbourhood).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        inside.insert(neighbourhood, count + 1);
        drop(inside);
        Some(Seat { crowd: self.clone(), neighbourhood })
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        match inside.get_mut(&self.neighbourhood) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(inside.remove(&self.neighbourhood)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_their_places_and_give_them_back() {
        let room = Crowd::new(2);
        let at = |address: &str| room.enter(address.parse().expect("a literal"));
        let first = at("2001:db8:1:2::1").expect("a place");
        let second = at("2001:db8:1:2::2").expect("a place");
        assert!(at("2001:db8:1:2::3").is_none(), "the same network");
        assert!(at("2001:db8:1:3::1").is_some(), "another");
        drop(first);
        assert!(at("2001:db8:1:2::3").is_some());
        drop(second);
        assert!(room.inside().is_empty(), "nobody is remembered");
    }
}
