//! Schedules by practitioner, kept in memory because every search and booking reads one.
//!
//! Invariant: a schedule from here decides nothing alone. Each statement that books compares `schedule_version` in
//! the database and answers `stale-schedule` when this copy is old, upon which it is read again.

use std::sync::Arc;

use quick_cache::sync::Cache;
use rendez_platform::fault::Fault;
use rendez_platform::store::Store;
use rendez_vocab::ids::PractitionerId;

use super::{HolidayCalendar, Schedule, queries};

/// About 3 kB each, so 20,000 stay well below 80 MB even when all are full.
const CAPACITY: usize = 20_000;

/// A bounded cache of schedules.
pub struct ScheduleCache {
    known: Cache<PractitionerId, Arc<Schedule>>,
    holidays: Arc<HolidayCalendar>,
}

impl ScheduleCache {
    /// An empty cache for a region with these public holidays.
    pub fn new(holidays: HolidayCalendar) -> Self {
        Self { known: Cache::new(CAPACITY), holidays: Arc::new(holidays) }
    }

    /// The schedule as last read, or read now. It may be old: see the module.
    pub async fn get(&self, store: &Store, id: PractitionerId) -> Result<Option<Arc<Schedule>>, Fault> {
        match self.known.get(&id) {
            Some(schedule) => Ok(Some(schedule)),
            None => self.reload(store, id).await,
        }
    }

    /// The schedule as it stands at `version` or later: read again unless the copy is that new.
    pub async fn at_version(
        &self,
        store: &Store,
        id: PractitionerId,
        version: i64,
    ) -> Result<Option<Arc<Schedule>>, Fault> {
        match self.known.get(&id) {
            Some(schedule) if schedule.version >= version => Ok(Some(schedule)),
            _ => self.reload(store, id).await,
        }
    }

    /// Reads the schedule from the database.
    pub async fn reload(&self, store: &Store, id: PractitionerId) -> Result<Option<Arc<Schedule>>, Fault> {
        Ok(self.load(store, &[id]).await?.pop())
    }

    /// Several schedules, each at its version or later, in the order asked for; unknown practitioners are left out.
    pub async fn at_versions(
        &self,
        store: &Store,
        wanted: &[(PractitionerId, i64)],
    ) -> Result<Vec<Arc<Schedule>>, Fault> {
        let fresh = |(id, version): &(PractitionerId, i64)| {
            self.known.get(id).filter(|schedule| schedule.version >= *version)
        };
        let missing: Vec<PractitionerId> =
            wanted.iter().filter(|pair| fresh(pair).is_none()).map(|(id, _)| *id).collect();
        let loaded = if missing.is_empty() { Vec::new() } else { self.load(store, &missing).await? };
        Ok(wanted
            .iter()
            .filter_map(|pair| {
                loaded
                    .iter()
                    .find(|schedule| schedule.practitioner == pair.0)
                    .cloned()
                    .or_else(|| fresh(pair))
            })
            .collect())
    }

    async fn load(&self, store: &Store, ids: &[PractitionerId]) -> Result<Vec<Arc<Schedule>>, Fault> {
        let mut conn = store.read_fresh().await?;
        let schedules: Vec<Arc<Schedule>> =
            queries::load(&mut conn, ids, &self.holidays).await?.into_iter().map(Arc::new).collect();
        for schedule in &schedules {
            self.known.insert(schedule.practitioner, Arc::clone(schedule));
        }
        Ok(schedules)
    }
}
