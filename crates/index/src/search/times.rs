//! When the starts of a lane are that a search asks for, out of its record.

use std::ops::ControlFlow;

use crate::moment::{Moment, Span};
use crate::query::Starts;
use crate::record::Record;

use crate::hot::Hot;

use super::calendar::{Calendar, is_meant};
use super::plan::Column;
use super::{Lanes, Search};

/// What is known of a lane's starts before its record is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) lane: u32,
    /// None is before.
    pub(super) from: Moment,
    /// The column that tells on which days there are any; none if it speaks of another visit type.
    pub(super) column: Option<usize>,
}

impl Known {
    /// The lane, and no more.
    pub(super) fn nothing(lane: u32) -> Self {
        Self { lane, from: Moment::MIN, column: None }
    }

    /// What a column says.
    #[inline]
    pub(super) fn by_column(hot: &Hot, column: usize, lane: u32) -> Self {
        Self { lane, from: hot.first(column, lane), column: Some(column) }
    }
}

impl Search<'_> {
    /// What is known of a lane that matches.
    #[inline]
    pub(super) fn known(&self, lanes: &Lanes, lane: u32) -> Known {
        match self.plan.column {
            Column::Of(column) if !lanes.is_judged(lane) => Known::by_column(&self.core.hot, column, lane),
            _ => Known::nothing(lane),
        }
    }

    /// Prepares the calendars of all zones in which lanes are, if days matter.
    pub(super) fn fill_calendars(&self, lanes: &Lanes, calendars: &mut Vec<Calendar>) {
        if !self.plan.by_day {
            return;
        }
        let zones = &self.core.settings.zones;
        calendars.resize_with(calendars.len().max(zones.len()), Calendar::default);
        let mut met = [false; 256];
        for found in &lanes.found {
            match self.core.hot.only_zone(found.block) {
                Some(zone) => met[usize::from(zone)] = true,
                None => self.core.hot.zones(found.block).iter().for_each(|zone| {
                    met[usize::from(zone.load(std::sync::atomic::Ordering::Relaxed))] = true;
                }),
            }
        }
        for ((zone, calendar), _) in zones.iter().zip(calendars).zip(met).filter(|(_, met)| *met) {
            calendar.fill(zone, self.plan.window, self.plan.query.days, self.plan.query.hours);
        }
    }

    /// The next starts of a lane that are asked for.
    pub(super) fn next_starts(&self, known: &Known, calendars: &[Calendar]) -> Starts {
        let next = |record: &Record<'_>| {
            let visit_type = record.choose(&self.plan.wish)?;
            Some(self.next_of(record, visit_type, known, calendars))
        };
        self.core.read(known.lane, next).flatten().unwrap_or_default()
    }

    /// The same of a visit type of its record.
    pub(super) fn next_of(
        &self,
        record: &Record<'_>,
        visit_type: usize,
        known: &Known,
        calendars: &[Calendar],
    ) -> Starts {
        let mut starts = Starts::default();
        self.each_start(record, visit_type, known, calendars, |start| {
            if starts.add(start) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        starts
    }

    /// The first start of a lane that is asked for.
    pub(super) fn first_start(&self, known: &Known, calendars: &[Calendar]) -> Option<Moment> {
        let first = |record: &Record<'_>| {
            let visit_type = record.choose(&self.plan.wish)?;
            let mut first = None;
            self.each_start(record, visit_type, known, calendars, |start| {
                first = Some(start);
                ControlFlow::Break(())
            });
            first
        };
        self.core.read(known.lane, first).flatten()
    }

    /// The starts of a lane that are asked for, in order, until `each` says stop.
    pub(super) fn each_start(
        &self,
        record: &Record<'_>,
        visit_type: usize,
        known: &Known,
        calendars: &[Calendar],
        mut each: impl FnMut(Moment) -> ControlFlow<()>,
    ) {
        let offered = record.bookable(visit_type, self.plan.now);
        let cut = |from: Moment, until: Moment| Span::new(offered.start.max(from), offered.end.min(until));
        let window = cut(self.plan.window.start.max(known.from), self.plan.window.end);
        if !self.plan.by_day {
            return record.starts(visit_type, window, each);
        }
        let zone = usize::from(self.core.hot.zone(known.lane));
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
            if known.column.is_some_and(|column| self.core.hot.earliest(column, known.lane, cell).is_none()) {
                continue;
            }
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
