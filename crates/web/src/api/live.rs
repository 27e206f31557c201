//! From the change log to the listeners of one practitioner's slots.
//!
//! One task reads the process's feed and passes each change only to those who look at that practitioner, so a thousand
//! open pages cost nothing while others are booked. Invariant: nothing about a person goes through here, only ranges.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rendez_platform::change_log::{Change, ChangeFeed, FeedItem};
use rendez_vocab::ids::PractitionerId;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A listener that is so many events behind is told to read the slots anew.
const BEHIND: usize = 64;

/// What happens to a practitioner's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveEvent {
    /// Somebody took the range.
    Taken {
        /// Its start, buffers included.
        start: Timestamp,
        /// Its end; half-open.
        end: Timestamp,
    },
    /// The range is free again.
    Freed {
        /// Its start, buffers included.
        start: Timestamp,
        /// Its end; half-open.
        end: Timestamp,
    },
    /// A visit's record has changed, and nobody's time with it.
    Noted,
    /// More changed than can be told: read the slots anew.
    Reset,
}

/// One listener. When the last of a practitioner goes, nothing of it stays.
pub struct Listener {
    events: broadcast::Receiver<LiveEvent>,
    practitioner: PractitionerId,
    live: Live,
}

impl Listener {
    /// The next event; `None` when there will be no more.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        match self.events.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(LiveEvent::Reset),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut rooms = self.live.rooms();
        // Ourselves still counted; nobody can join while the map is locked.
        if rooms.get(&self.practitioner).is_some_and(|room| room.receiver_count() <= 1) {
            rooms.remove(&self.practitioner);
        }
    }
}

/// Where listeners find their practitioner. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    feed: ChangeFeed,
    rooms: Arc<Mutex<HashMap<PractitionerId, broadcast::Sender<LiveEvent>>>>,
}

impl Live {
    /// Nobody listens yet. [`Live::spawn`] starts the passing on.
    pub fn new(feed: ChangeFeed) -> Self {
        Self { feed, rooms: Arc::default() }
    }

    /// Everything that happens to a practitioner's time from now on.
    pub fn follow(&self, practitioner: PractitionerId) -> Listener {
        let events =
            self.rooms().entry(practitioner).or_insert_with(|| broadcast::Sender::new(BEHIND)).subscribe();
        Listener { events, practitioner, live: self.clone() }
    }

    /// Starts the task that passes changes on, until `stop`. One a process is enough.
    pub fn spawn(&self, stop: CancellationToken) -> JoinHandle<()> {
        let live = self.clone();
        // Before the task runs, so that nothing is missed between.
        let mut changes = self.feed.subscribe();
        tokio::spawn(async move {
            while let Some(item) = stop.run_until_cancelled(changes.recv()).await {
                match item {
                    Ok(FeedItem::Change(change)) => live.pass_on(&change),
                    Ok(FeedItem::Gap) | Err(RecvError::Lagged(_)) => live.reset_all(),
                    Err(RecvError::Closed) => return,
                }
            }
        })
    }

    fn pass_on(&self, change: &Change) {
        let (Some(practitioner), Some(event)) =
            (change.practitioner_id.map(PractitionerId::from_uuid), event(change))
        else {
            return;
        };
        if let Some(room) = self.rooms().get(&practitioner) {
            // A listener that has just gone is no failure.
            let _ = room.send(event);
        }
    }

    fn reset_all(&self) {
        for room in self.rooms().values() {
            let _ = room.send(LiveEvent::Reset);
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<PractitionerId, broadcast::Sender<LiveEvent>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a change means for slots; `None` if nothing.
fn event(change: &Change) -> Option<LiveEvent> {
    let range = || change.starts_at.zip(change.ends_at);
    match change.kind.as_str() {
        "claimed" => range().map(|(start, end)| LiveEvent::Taken { start, end }),
        "released" => range().map(|(start, end)| LiveEvent::Freed { start, end }),
        "schedule" => Some(LiveEvent::Reset),
        "appointment" => Some(LiveEvent::Noted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rendez_platform::change_log::ChangeCursor;

    use super::*;

    fn change(kind: &str) -> Change {
        Change {
            cursor: ChangeCursor::START,
            at: Timestamp::UNIX_EPOCH,
            kind: kind.to_owned(),
            practitioner_id: None,
            subject_id: None,
            starts_at: Some(Timestamp::UNIX_EPOCH),
            ends_at: Some(Timestamp::UNIX_EPOCH),
            detail: None,
        }
    }

    #[test]
    fn only_what_touches_time_is_told() {
        assert!(matches!(event(&change("claimed")), Some(LiveEvent::Taken { .. })));
        assert!(matches!(event(&change("released")), Some(LiveEvent::Freed { .. })));
        assert_eq!(event(&change("schedule")), Some(LiveEvent::Reset));
        assert_eq!(event(&change("appointment")), Some(LiveEvent::Noted));
        assert_eq!(event(&change("profile")), None);
        assert_eq!(event(&Change { starts_at: None, ..change("claimed") }), None);
    }
}
