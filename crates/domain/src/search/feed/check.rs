//! Compares the index with the database and mends what differs; once a day it also packs everybody for another day.
//!
//! Somebody whom the index shows otherwise than a reading of the database is a difference only if that is still so when
//! the index has seen every change that was committed before the reading: what is under way is no difference.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rendez_index::{Applied, Stamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Store};
use rendez_vocab::ids::PractitionerId;
use tokio::time::Instant;

use super::apply::{ReadAgain, packers, read};
use super::held::Held;
use super::load::{Ranges, read_range, take_time};
use super::packer::Made;
use super::people::claims_window;
use super::rooms::Rooms;
use super::{CheckReport, Part};
use crate::availability::HolidayCalendar;

/// How often somebody who is changed all the time is looked at again.
const TRIES: usize = 20;
/// The longest that a check waits in all for the index to have seen what its readings saw.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Compares everybody. Whoever was packed for earlier days only is packed anew, which is no difference.
pub(super) async fn check(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    progress: impl Fn(Part),
) -> Result<CheckReport, Fault> {
    let mut conn = store.read_fresh().await?;
    let result = check_by(&mut conn, store, holidays, held, progress).await;
    if result.is_err() {
        conn.close();
    }
    result
}

async fn check_by(
    conn: &mut Conn,
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    progress: impl Fn(Part),
) -> Result<CheckReport, Fault> {
    let began = Instant::now();
    let mut settling = Settling { report: CheckReport::default(), patience: PATIENCE };
    let mut here = held.index.practitioners();
    here.sort_unstable();
    // Each statement sees what is committed by then: a snapshot of its beginning would be old before the end.
    let tx = conn.build_transaction().read_only(true).start().await?;
    take_time(&tx).await?;
    let ranges = Ranges::read(&tx).await?;
    let claims = claims_window(held.now(), held.until());
    let mut number = 0;
    let mut after = None;
    loop {
        let (range, which) = match ranges.get(number) {
            Some((first, last)) => (Some((first, last)), here_between(&here, after, Some(last))),
            None => (None, here_between(&here, after, None)),
        };
        let mut stamps: HashMap<PractitionerId, Option<Stamp>> =
            which.iter().map(|id| (*id, held.index.stamp(*id))).collect();
        let mut doubtful: HashSet<PractitionerId> = which.iter().copied().collect();
        if let Some((first, last)) = range {
            let rows = read_range(&tx, (first, last), claims).await?;
            let rooms = Rooms::read(&*tx, Some(&rows.rooms_wanted_at()), claims).await?;
            let (held, holidays) = (Arc::clone(held), Arc::clone(holidays));
            let comparing = tokio::task::spawn_blocking(move || {
                let people = rows.people(&holidays);
                let mut packers = packers(&held, &holidays);
                let mut seen = Vec::with_capacity(people.len());
                for person in people {
                    let id = person.schedule.practitioner;
                    let mut versions = packers.iter_mut().filter_map(|packer| packer.pack(&person, &rooms));
                    let Some(latest) = versions.next() else {
                        // Whoever cannot be found must not be here either.
                        continue;
                    };
                    let stamp = stamps.remove(&id).flatten();
                    let agrees = match held.index.digest(id) {
                        Some(digest) if digest == latest.packed.digest() => true,
                        Some(digest) if versions.any(|earlier| digest == earlier.packed.digest()) => {
                            held.index.put(latest.packed, Some(stamp)) == Applied::Done
                        }
                        _ => false,
                    };
                    seen.push((id, agrees));
                }
                seen
            });
            let seen = comparing.await.map_err(|error| Fault::new("comparing practitioners", error))?;
            settling.report.practitioners += seen.len() as u64;
            for (id, agrees) in seen {
                match agrees {
                    true => doubtful.remove(&id),
                    false => doubtful.insert(id),
                };
            }
        }
        for many in doubtful.into_iter().collect::<Vec<_>>().chunks(500) {
            settling.settle(store, holidays, held, many).await?;
        }
        let done = settling.report.practitioners;
        progress(Part { done, of: ranges.of.max(done) });
        let Some((_, last)) = range else { break };
        after = Some(PractitionerId::from_uuid(last));
        number += 1;
    }
    tx.commit().await?;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(CheckReport { millis, ..settling.report })
}

/// Of a sorted list those after one id and up to another.
fn here_between(
    here: &[PractitionerId],
    after: Option<PractitionerId>,
    until: Option<uuid::Uuid>,
) -> Vec<PractitionerId> {
    let from = after.map_or(0, |after| here.partition_point(|id| *id <= after));
    let to = until.map_or(here.len(), |until| here.partition_point(|id| id.uuid() <= until));
    here.get(from..to).unwrap_or_default().to_vec()
}

/// What a check has found so far, and how long it may still wait.
struct Settling {
    report: CheckReport,
    patience: Duration,
}

impl Settling {
    /// Looks again at those who seemed to differ, waits until the index must have seen what is read of them, and mends what
    /// it has not.
    async fn settle(
        &mut self,
        store: &Store,
        holidays: &Arc<HolidayCalendar>,
        held: &Arc<Held>,
        ids: &[PractitionerId],
    ) -> Result<(), Fault> {
        let mut left: Vec<PractitionerId> = ids.to_vec();
        for _ in 0..TRIES {
            let stamps: Vec<Option<Stamp>> = left.iter().map(|id| held.index.stamp(*id)).collect();
            let now = read(store, holidays, held, &left).await?;
            self.wait(held, now.now).await?;
            let one_at_a_time = Arc::clone(&held.whole).lock_owned().await;
            let (held, report) = (Arc::clone(held), self.report);
            let mending = tokio::task::spawn_blocking(move || {
                let _one_at_a_time = one_at_a_time;
                mend(&held, left.into_iter().zip(stamps), now, report)
            });
            let mended = mending.await.map_err(|error| Fault::new("mending the index", error))?;
            (self.report, left) = mended;
            if left.is_empty() {
                break;
            }
        }
        // Whoever is changed so often is read by the follower as often.
        Ok(())
    }

    /// Waits until the index has seen everything that was committed before an instant.
    async fn wait(&mut self, held: &Held, until: Timestamp) -> Result<(), Fault> {
        while held.as_of().0 < until {
            self.patience = self
                .patience
                .checked_sub(LOOK_AGAIN)
                .ok_or(Fault::plain("checking an index that has not caught up with the database"))?;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }
}

/// Puts in what was read of those who have not changed since; the others are left.
fn mend(
    held: &Held,
    asked: impl Iterator<Item = (PractitionerId, Option<Stamp>)>,
    read: ReadAgain,
    mut report: CheckReport,
) -> (CheckReport, Vec<PractitionerId>) {
    let mut latest: HashMap<PractitionerId, Made> =
        read.made.into_iter().map(|made| (made.practitioner, made)).collect();
    let earlier: HashSet<(PractitionerId, u64)> =
        read.earlier.iter().map(|made| (made.practitioner, made.packed.digest())).collect();
    let mut left = Vec::new();
    for (id, stamp) in asked {
        if held.index.stamp(id) != stamp {
            left.push(id);
            continue;
        }
        let digest = held.index.digest(id);
        match latest.remove(&id) {
            Some(made) if digest == Some(made.packed.digest()) => {}
            Some(made) => {
                held.rooms.set(id, made.needs);
                if held.index.put(made.packed, Some(stamp)) == Applied::Overtaken {
                    left.push(id);
                    continue;
                }
                match digest {
                    Some(digest) if earlier.contains(&(id, digest)) => continue,
                    Some(_) => report.differing += 1,
                    None => {
                        // While they were missing, what happened to them was passed over: it may be later than the reading.
                        held.again(|work| _ = work.whole.insert(id));
                        report.missing += 1;
                    }
                }
                report.repaired += 1;
            }
            None if digest.is_some() => {
                held.rooms.set(id, None);
                held.index.remove(id);
                report.left_over += 1;
                report.repaired += 1;
            }
            None => {}
        }
    }
    (report, left)
}
