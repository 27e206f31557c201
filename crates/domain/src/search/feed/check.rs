//! Compares the index with the database and mends what differs; once a day it also packs everybody for another day.
//!
//! Somebody whom the index shows otherwise than a reading of the database is a difference only if that is still so when
//! the index has seen every change that was committed before the reading: what is under way is no difference.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use rendez_index::{Applied, Stamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::Store;
use rendez_vocab::ids::PractitionerId;
use tokio::time::Instant;

use super::apply::{packers, read};
use super::held::Held;
use super::load::{Ranges, take_time};
use super::packer::Made;
use super::people::{self, Which, claims_window};
use super::rooms::Rooms;
use super::{CheckReport, Part};
use crate::availability::HolidayCalendar;

/// How often somebody who is changed all the time is looked at again.
const TRIES: usize = 20;
/// The longest wait for the index to have seen what a reading saw.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Compares everybody. Whoever was packed for earlier days only is packed anew, which is no difference.
pub(super) async fn check(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    progress: impl Fn(Part),
) -> Result<CheckReport, Fault> {
    let began = Instant::now();
    let mut report = CheckReport::default();
    let mut here = held.index.practitioners();
    here.sort_unstable();
    let mut conn = store.read_fresh().await?;
    let tx = conn.build_transaction().read_only(true).start().await?;
    take_time(&tx).await?;
    let ranges = Ranges::read(&tx).await?;
    let claims = claims_window(held.now(), held.until());
    let rooms = Arc::new(Rooms::read(&*tx, None, claims).await?);
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
            let rows = people::read(&tx, Which::Range(first, last), claims).await?;
            let (held, holidays, rooms) = (Arc::clone(held), Arc::clone(holidays), Arc::clone(&rooms));
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
            report.practitioners += seen.len() as u64;
            for (id, agrees) in seen {
                match agrees {
                    true => doubtful.remove(&id),
                    false => doubtful.insert(id),
                };
            }
        }
        for many in doubtful.into_iter().collect::<Vec<_>>().chunks(500) {
            settle(store, holidays, held, many, &mut report).await?;
        }
        progress(Part { done: report.practitioners, of: ranges.of.max(report.practitioners) });
        let Some((_, last)) = range else { break };
        after = Some(PractitionerId::from_uuid(last));
        number += 1;
    }
    tx.commit().await?;
    report.millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report)
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

/// Looks again at those who seemed to differ, waits until the index must have seen what is read of them, and mends what
/// it has not.
async fn settle(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    ids: &[PractitionerId],
    report: &mut CheckReport,
) -> Result<(), Fault> {
    let mut left: Vec<PractitionerId> = ids.to_vec();
    for _ in 0..TRIES {
        let stamps: Vec<Option<Stamp>> = left.iter().map(|id| held.index.stamp(*id)).collect();
        let now = read(store, holidays, held, &left).await?;
        let caught_up = wait(held, now.now).await;
        let _one_at_a_time = held.whole.lock().await;
        let mut latest: HashMap<PractitionerId, Made> =
            now.made.into_iter().map(|made| (made.practitioner, made)).collect();
        let earlier: HashSet<(PractitionerId, u64)> =
            now.earlier.iter().map(|made| (made.practitioner, made.packed.digest())).collect();
        let mut again = Vec::new();
        for (id, stamp) in left.iter().zip(stamps) {
            if held.index.stamp(*id) != stamp {
                again.push(*id);
                continue;
            }
            let digest = held.index.digest(*id);
            let differs = caught_up && digest.is_none_or(|digest| !earlier.contains(&(*id, digest)));
            match latest.remove(id) {
                Some(made) if digest == Some(made.packed.digest()) => {}
                Some(made) => {
                    held.rooms.set(*id, made.needs);
                    if held.index.put(made.packed, Some(stamp)) == Applied::Overtaken {
                        again.push(*id);
                        continue;
                    }
                    if differs {
                        report.repaired += 1;
                        match digest {
                            Some(_) => report.differing += 1,
                            None => report.missing += 1,
                        }
                    }
                }
                None if digest.is_some() => {
                    held.rooms.set(*id, None);
                    held.index.remove(*id);
                    if caught_up {
                        report.left_over += 1;
                        report.repaired += 1;
                    }
                }
                None => {}
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        left = again;
    }
    // Whoever is changed so often is read by the follower as often.
    Ok(())
}

/// Waits until the index has seen everything that was committed before an instant.
async fn wait(held: &Held, until: jiff::Timestamp) -> bool {
    let began = Instant::now();
    while held.as_of().0 < until {
        if began.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    true
}
