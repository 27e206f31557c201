//! What is shown of the best: their place, visit type and next starts, as their records have them now.

use std::ops::ControlFlow;

use rendez_vocab::ids::PractitionerId;

use crate::query::Hit;
use crate::record::Record;
use crate::select::{Select, unpack};

use super::Search;
use super::calendar::Calendar;

/// Starts that are shown of each.
const STARTS: usize = 3;

impl Search<'_> {
    /// The hits, without those whose last start was taken meanwhile.
    pub(super) fn hits(&self, calendars: &[Calendar], select: &Select) -> Vec<Hit> {
        let shown = select.best().iter().take(usize::from(self.plan.query.limit));
        // All that lies far off in memory is asked for at once: the machine fetches many things in the time of one.
        let people: Vec<_> = shown
            .clone()
            .map(|candidate| {
                let lane = unpack(*candidate).1;
                self.core.touch(lane);
                self.core.hot.person(lane)
            })
            .collect();
        let ids: Vec<_> = people.iter().map(|person| self.core.people.practitioner(*person)).collect();
        let known = people.into_iter().zip(ids);
        shown
            .zip(known)
            .filter_map(|(candidate, known)| self.hit(unpack(*candidate), known, calendars))
            .collect()
    }

    fn hit(
        &self,
        (score, lane): (u32, u32),
        (person, practitioner): (u32, PractitionerId),
        calendars: &[Calendar],
    ) -> Option<Hit> {
        let read = |record: &Record<'_>| {
            let number = record.choose(&self.plan.wish)?;
            let mut starts = Vec::with_capacity(STARTS);
            self.each_start(record, number, lane, calendars, |start| {
                starts.push(start);
                if starts.len() < STARTS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            let visit_type = record.visit_type(number);
            (!starts.is_empty()).then(|| Hit {
                practitioner,
                person,
                location: record.location(),
                metres: self.metres(lane),
                visit_type: visit_type.id,
                duration_minutes: visit_type.duration_minutes,
                starts,
                score,
            })
        };
        self.core.read(lane, read).flatten()
    }
}
