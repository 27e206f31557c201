//! More starts of somebody who was found, for who shows the coming days side by side.

use std::ops::ControlFlow;

use crate::core::Core;
use crate::moment::{Moment, Span};
use crate::query::{Hit, Query};

use super::calendar::is_meant;

impl Core {
    /// The starts in a span of what a hit offers, in order, at most so many. Of the query only days and hours are looked at.
    pub(crate) fn starts(&self, hit: &Hit, query: &Query<'_>, span: Span, most: usize) -> Vec<Moment> {
        let lanes = self.people.lanes(hit.person).flat_map(|main| self.hot.at_place(main));
        for lane in lanes {
            let zone = self.settings.zones.get(usize::from(self.hot.zone(lane)));
            let read = self.read(lane, |record| {
                let mut numbers = 0..record.visit_types();
                let number = numbers.find(|number| record.visit_type(*number).id == hit.visit_type)?;
                if record.location() != hit.location {
                    return None;
                }
                let offered = record.bookable(number, self.now());
                let window = Span::new(span.start.max(offered.start), span.end.min(offered.end));
                let mut starts = Vec::new();
                record.starts(number, window, |start| {
                    if zone.is_some_and(|zone| is_meant(zone, start, query.days, query.hours)) {
                        starts.push(start);
                    }
                    if starts.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                });
                Some(starts)
            });
            if let Some(starts) = read.flatten() {
                return starts;
            }
        }
        Vec::new()
    }
}
