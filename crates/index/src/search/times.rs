//! When the starts of a lane are that a search asks for, out of its record.

use std::ops::ControlFlow;

use crate::moment::{Moment, Span};
use crate::record::Record;

use super::calendar::{Calendar, is_meant};
use super::{Lanes, Search};

impl Search<'_> {
    /// Prepares the calendars of all zones in which lanes are, if days matter.
    pub(super) fn fill_calendars(&self, lanes: &Lanes, calendars: &mut Vec<Calendar>) {
        if !self.plan.by_day {
            return;
        }
        let zones = &self.core.settings.zones;
        calendars.resize_with(calendars.len().max(zones.len()), Calendar::default);
        let mut met = [false; 256];
        for found in &lanes.found {
            for zone in self.core.hot.zones(found.block) {
                met[usize::from(zone.load(std::sync::atomic::Ordering::Relaxed))] = true;
            }
        }
        for ((zone, calendar), _) in zones.iter().zip(calendars).zip(met).filter(|(_, met)| *met) {
            calendar.fill(zone, self.plan.window, self.plan.query.days, self.plan.query.hours);
        }
    }

    /// The first start of a lane that is asked for.
    pub(super) fn first_start(&self, lane: u32, calendars: &[Calendar]) -> Option<Moment> {
        let first = |record: &Record<'_>| {
            let visit_type = record.choose(&self.plan.wish)?;
            let mut first = None;
            self.each_start(record, visit_type, lane, calendars, |start| {
                first = Some(start);
                ControlFlow::Break(())
            });
            first
        };
        self.core.read(lane, first).flatten()
    }

    /// The starts of a lane that are asked for, in order, until `each` says stop.
    pub(super) fn each_start(
        &self,
        record: &Record<'_>,
        visit_type: usize,
        lane: u32,
        calendars: &[Calendar],
        mut each: impl FnMut(Moment) -> ControlFlow<()>,
    ) {
        let offered = record.bookable(visit_type, self.plan.now);
        let cut = |from: Moment, until: Moment| Span::new(offered.start.max(from), offered.end.min(until));
        let window = cut(self.plan.window.start, self.plan.window.end);
        if !self.plan.by_day {
            return record.starts(visit_type, window, each);
        }
        let zone = usize::from(self.core.hot.zone(lane));
        let (Some(calendar), Some(zone)) = (calendars.get(zone), self.core.settings.zones.get(zone)) else {
            return;
        };
        if !calendar.exact {
            let (days, hours) = (self.plan.query.days, self.plan.query.hours);
            return record.starts(visit_type, window, |start| {
                if is_meant(zone, start, days, hours) { each(start) } else { ControlFlow::Continue(()) }
            });
        }
        let mut flow = ControlFlow::Continue(());
        for cell in &calendar.cells {
            let span = cut(Moment::from_seconds(cell.from), Moment::from_seconds(cell.until));
            record.starts(visit_type, span, |start| {
                flow = each(start);
                flow
            });
            if flow.is_break() {
                return;
            }
        }
    }
}
