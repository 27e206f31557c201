//! What is shown of the best: their place, visit type and next starts, as their records have them now.

use crate::profile::VisitType;
use crate::query::{Hit, Starts};
use crate::record::Record;
use crate::select::{Select, unpack};

use super::calendar::Calendar;
use super::times::Known;
use super::{Lanes, Search};

/// Somebody who will be shown.
struct Shown {
    known: Known,
    score: u32,
    person: u32,
    /// The next starts, if ranking had to ask for them.
    starts: Option<Starts>,
}

impl Search<'_> {
    /// The hits, without those whose last start was taken meanwhile.
    pub(super) fn hits(
        &self,
        lanes: &Lanes,
        calendars: &[Calendar],
        settled: &[(u32, Starts)],
        select: &Select,
    ) -> Vec<Hit> {
        let best = select.kept().iter().take(usize::from(self.plan.query.limit));
        // All that lies far off in memory is asked for at once, and what that leads to in further rounds: the machine
        // fetches many things in the time of one.
        best.clone().for_each(|candidate| self.core.hot.fetch_owner(unpack(*candidate).1));
        let shown: Vec<_> = best.map(|candidate| self.shown(lanes, settled, *candidate)).collect();
        let is_open = |shown: &&Shown| shown.starts.is_none() && !self.goes_by_upcoming(&shown.known);
        for shown in shown.iter().filter(is_open) {
            let from = shown.known.from.max(self.plan.window.start);
            self.core.record(shown.known.lane).fetch(from.seconds());
        }
        let mut hits = Vec::with_capacity(shown.len());
        hits.extend(shown.iter().filter_map(|shown| self.hit(shown, calendars)));
        leave_once(&mut hits);
        hits
    }

    fn shown(&self, lanes: &Lanes, settled: &[(u32, Starts)], candidate: u64) -> Shown {
        let (core, (score, lane)) = (self.core, unpack(candidate));
        core.arena.fetch(core.hot.record(lane));
        let starts = settled.iter().find(|(of, _)| *of == lane).map(|(_, starts)| *starts);
        Shown { known: self.known(lanes, lane), score, person: core.hot.person(lane), starts }
    }

    fn hit(&self, shown: &Shown, calendars: &[Calendar]) -> Option<Hit> {
        let read = |record: &Record<'_>| self.hit_in(record, shown, calendars);
        self.core.read(shown.known.lane, read).flatten()
    }

    fn hit_in(&self, record: &Record<'_>, shown: &Shown, calendars: &[Calendar]) -> Option<Hit> {
        let number = self.visit_type(record, &shown.known)?;
        let visit_type = record.visit_type(number);
        let starts = match shown.starts {
            Some(starts) => starts,
            None => self
                .upcoming(record, number, &visit_type, &shown.known)
                .unwrap_or_else(|| self.next_of(record, number, &shown.known, calendars)),
        };
        (!starts.is_empty()).then(|| Hit {
            practitioner: record.practitioner(),
            person: shown.person,
            location: record.location(),
            metres: self.metres(shown.known.lane),
            visit_type: visit_type.id,
            duration_minutes: visit_type.duration_minutes,
            starts,
            score: shown.score,
        })
    }

    /// The visit type that suits. Mostly the record says at once of which one its column speaks.
    #[inline]
    fn visit_type(&self, record: &Record<'_>, known: &Known) -> Option<usize> {
        let wish = &self.plan.wish;
        match known.column {
            Some(column) if wish.telehealth.is_none() && wish.new_patients != Some(true) => {
                record.column(column)
            }
            _ => record.choose(wish),
        }
    }

    /// Whether a lane's next starts are those that its record keeps.
    fn goes_by_upcoming(&self, known: &Known) -> bool {
        !self.plan.by_day && known.column.is_some()
    }

    /// The next starts as the record keeps them, if it keeps those that follow the first one.
    #[inline]
    fn upcoming(
        &self,
        record: &Record<'_>,
        number: usize,
        visit_type: &VisitType,
        known: &Known,
    ) -> Option<Starts> {
        let kept = record.upcoming(number).filter(|[first, ..]| {
            let offered = visit_type.bookable(self.plan.now);
            self.goes_by_upcoming(known) && *first == known.from && *first >= offered.start
        });
        kept.map(|kept| kept.into_iter().filter(|start| *start < self.plan.window.end).collect())
    }
}

/// Leaves the better of two hits of one person. Whoever is moved while a search goes from block to block may be met at both
/// places; nearly always there is nobody, so a bit for each comes before the comparisons.
fn leave_once(hits: &mut Vec<Hit>) {
    let (mut met, mut kept) = (0_u64, 0);
    for at in 0..hits.len() {
        let person = hits[at].person;
        let bit = 1 << (person % u64::BITS);
        if met & bit != 0 && hits[..kept].iter().any(|hit| hit.person == person) {
            continue;
        }
        met |= bit;
        hits.swap(kept, at);
        kept += 1;
    }
    hits.truncate(kept);
}
