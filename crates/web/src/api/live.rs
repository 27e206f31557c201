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
const BEHIND: usize = 256;

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
    /// More changed than can be told: read the slots anew.
    Reset,
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
    pub fn follow(&self, practitioner: PractitionerId) -> broadcast::Receiver<LiveEvent> {
        self.rooms().entry(practitioner).or_insert_with(|| broadcast::Sender::new(BEHIND)).subscribe()
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
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get(&practitioner)
            && room.send(event).is_err()
        {
            // The last listener has gone.
            rooms.remove(&practitioner);
        }
        metrics::gauge!("rendez_streams_practitioners").set(rooms.len() as f64);
    }

    fn reset_all(&self) {
        self.rooms().retain(|_, room| room.send(LiveEvent::Reset).is_ok());
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
        assert_eq!(event(&change("appointment")), None);
        assert_eq!(event(&Change { starts_at: None, ..change("claimed") }), None);
    }
}
