//! What a query means for lanes: which column, which slices, which bounds. Made once for each search.

use crate::hilbert;
use crate::hot::{Aim, BRIEF_MINUTES, COLUMNS, HORIZONS, Hot, Slice, THRESHOLDS};
use crate::moment::{Moment, Span};
use crate::query::Query;
use crate::record::Wish;
use crate::scan::{Choice, Disc, Filter, Slots};

/// Nothing is known of days further ahead, so nobody is free then.
const DAYS_AHEAD: u32 = 64;

/// A query, prepared.
pub(crate) struct Plan<'q> {
    pub(crate) query: &'q Query<'q>,
    /// The present, the same for the whole search.
    pub(crate) now: Moment,
    /// The window without what is past; not empty.
    pub(crate) window: Span,
    /// From when days are counted.
    pub(crate) reference: u32,
    pub(crate) column: Column,
    /// What is asked of every lane.
    pub(crate) filter: Filter,
    pub(crate) wish: Wish,
    /// Whether days of the place's clock matter; otherwise the first start decides.
    pub(crate) by_day: bool,
}

/// Which first starts a search compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// These.
    Of(usize),
    /// None: such visits are longer than every threshold.
    Beyond,
}

/// The column that speaks of the first visit type of at least so many minutes, and the lanes for which it does not.
fn column(minutes: u16) -> (Column, Option<Slice>) {
    let gap = THRESHOLDS.iter().rposition(|threshold| *threshold < minutes);
    match (THRESHOLDS.iter().position(|threshold| *threshold == minutes), gap) {
        (Some(on), _) => (Column::Of(on), None),
        (None, _) if minutes <= BRIEF_MINUTES => (Column::Of(0), Some(Slice::Odd(COLUMNS))),
        // Whoever has no length between two thresholds offers the same from here up to the next one.
        (None, Some(gap)) if gap + 1 < COLUMNS => (Column::Of(gap + 1), Some(Slice::Odd(gap))),
        (None, _) => (Column::Beyond, Some(Slice::Odd(COLUMNS - 1))),
    }
}

fn choice(asked: Option<u8>, place: impl Fn(u8) -> Option<usize>) -> Choice {
    asked.map_or(Choice::Any, |number| place(number).map_or(Choice::Nobody, Choice::At))
}

impl<'q> Plan<'q> {
    /// `None` if the window has no moment that is still to come.
    pub(crate) fn new(query: &'q Query<'q>, hot: &Hot, now: Moment) -> Option<Self> {
        let by_day = query.is_by_day(now);
        let reach = if by_day { now.plus(DAYS_AHEAD * 86_400) } else { Moment::NEVER };
        let window = Span::new(query.window.start.max(now), query.window.end.min(reach));
        if window.is_empty() {
            return None;
        }
        let (column, odd) = column(query.visit_minutes.unwrap_or(0));
        let disc = query.near.map(|circle| {
            let radius = (circle.radius_km * 1_000.0) as f32;
            Disc {
                point: hilbert::unit(circle.latitude, circle.longitude),
                edge: hilbert::largest_square(|metres| metres <= radius),
            }
        });

        let (mut with, mut without, mut doubtful) = (Slots::default(), Slots::default(), Slots::default());
        with.add(Slice::For(Aim::of(query.telehealth, query.new_patients)));
        if disc.is_some() {
            with.add(Slice::Placed);
        }
        if query.telehealth == Some(true) {
            with.add(Slice::Telehealth);
        }
        match query.new_patients {
            Some(true) => with.add(Slice::New),
            Some(false) => without.add(Slice::New),
            None => {}
        }
        odd.into_iter().for_each(|odd| doubtful.add(odd));
        if by_day && column != Column::Beyond {
            // The first start knows its horizon, a free day does not.
            let reaches = |days: &u16| window.end <= now.plus(u32::from(*days) * 86_400);
            doubtful.add(Slice::Horizon(HORIZONS.iter().position(reaches).unwrap_or(HORIZONS.len() - 1)));
        }
        Some(Self {
            query,
            now,
            window,
            reference: query.after.map_or(window.start, |cursor| cursor.reference).seconds(),
            column,
            filter: Filter {
                with,
                without,
                doubtful,
                language: choice(query.language, |number| hot.slices.language(number)),
                sector: choice(query.sector, |number| hot.slices.sector(number)),
                disc,
                before: match column {
                    Column::Of(column) if !by_day => Some((column, window.end.seconds())),
                    _ => None,
                },
            },
            wish: Wish {
                visit_minutes: query.visit_minutes,
                telehealth: query.telehealth,
                new_patients: query.new_patients,
            },
            by_day,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_a_column_and_perhaps_exceptions() {
        assert_eq!(column(0), (Column::Of(0), None));
        assert_eq!(column(10), (Column::Of(0), Some(Slice::Odd(COLUMNS))));
        assert_eq!(column(12), (Column::Of(1), Some(Slice::Odd(0))));
        assert_eq!(column(15), (Column::Of(1), None));
        assert_eq!(column(25), (Column::Of(3), Some(Slice::Odd(2))));
        assert_eq!(column(60), (Column::Of(5), None));
        assert_eq!(column(61), (Column::Beyond, Some(Slice::Odd(5))));
    }
}
