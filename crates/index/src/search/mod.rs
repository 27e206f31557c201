//! A search, step by step: which blocks, which lanes of them, who counts once, how many there are of what, who is best,
//! and what the records of those few say.
//!
//! Invariant: totals, counts and order are exact, whichever way lanes are scanned. Where the hot arrays cannot decide,
//! the lane's record does.

mod ahead;
mod calendar;
mod gather;
mod hits;
mod matched;
mod named;
mod once;
mod plan;
mod rank;
mod times;

use crate::core::Core;
use crate::facets;
use crate::moment::Moment;
use crate::query::{Answer, Cursor, Facets, Query};
use crate::scan::{Found, Met, Way};
use crate::select::Select;

use calendar::Calendar;
use plan::Plan;

pub(crate) use once::Sooner;
pub(crate) use plan::Column;

/// Memory that a thread uses again from search to search.
pub struct Scratch {
    way: Way,
    lanes: Lanes,
    calendars: Vec<Calendar>,
    once: once::Once,
    select: Select,
    room: rank::Room,
    sums: facets::Sums,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::with(Way::best())
    }
}

impl Scratch {
    /// Searches with it run as they would on a machine without vectors of 512 bits.
    #[doc(hidden)]
    pub fn without_wide() -> Self {
        Self::with(Way::without_wide())
    }

    /// Searches with it run as they would on any machine.
    #[doc(hidden)]
    pub fn portable() -> Self {
        Self::with(Way::Portable)
    }

    fn with(way: Way) -> Self {
        Self {
            way,
            lanes: Lanes::default(),
            calendars: Vec::new(),
            once: once::Once::default(),
            select: Select::default(),
            room: rank::Room::default(),
            sums: facets::Sums::default(),
        }
    }
}

/// The lanes that a search is still interested in.
#[derive(Default)]
pub(crate) struct Lanes {
    /// Their blocks.
    pub(crate) found: Vec<Found>,
    /// Which of each.
    pub(crate) masks: Vec<u64>,
    /// Which of those count: one of everybody.
    pub(crate) counted: Vec<u64>,
    /// Those of them whose first start is not the column's, but what their record said.
    pub(crate) judged: Vec<Judged>,
    /// The same as masks.
    pub(crate) judged_masks: Vec<u64>,
    /// Whether names are still to be asked for.
    ask_names: bool,
    /// A bit for each person who is meant then.
    meant: Vec<u32>,
    /// Lanes of people who are meant, if they are few.
    of_people: Vec<u32>,
    /// How much of each block is reached; nothing but while people are looked up.
    reached: Vec<named::Reached>,
    /// Those that only their records decide.
    spare: Vec<u64>,
    /// What the scan has met.
    pub(crate) met: Met,
}

/// What a record said of a lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    /// The place of its block among those found.
    pub(crate) at: u32,
    pub(crate) lane: u32,
    /// The first start that is asked for.
    pub(crate) first: Moment,
}

/// One search on its way.
pub(crate) struct Search<'a> {
    pub(crate) core: &'a Core,
    pub(crate) plan: Plan<'a>,
    pub(crate) way: Way,
}

impl Core {
    /// Searches.
    pub(crate) fn search(&self, query: &Query<'_>, scratch: &mut Scratch) -> Answer {
        let now = self.now();
        let Some(plan) = Plan::new(query, &self.hot, now) else {
            let free_within_days = (!query.is_by_day(now)).then_some([0; 4]);
            let facets = Facets { free_within_days, ..Facets::default() };
            return Answer { hits: Vec::new(), total: 0, facets, next: None };
        };
        let search = Search { core: self, plan, way: scratch.way };
        let Scratch { lanes, calendars, once, select, room, sums, .. } = scratch;

        search.gather(lanes);
        search.fill_calendars(lanes, calendars);
        search.match_lanes(lanes, calendars);
        search.count_once(lanes, calendars, once);
        let (total, facets) = match query.counted {
            true => search.count(lanes, &once.sooner, sums),
            false => Default::default(),
        };
        search.only_asked(lanes);
        let more = search.rank(lanes, calendars, once, room, select);
        let hits = search.hits(lanes, calendars, room.settled(), select);
        let next = hits.last().filter(|_| more).map(|last| Cursor {
            reference: Moment::from_seconds(search.plan.reference),
            score: last.score,
            practitioner: last.practitioner,
        });
        Answer { hits, total, facets, next }
    }
}

/// The places of the bits in a mask.
fn seats(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let seat = mask.trailing_zeros();
        (mask != 0).then(|| {
            mask &= mask - 1;
            seat
        })
    })
}
