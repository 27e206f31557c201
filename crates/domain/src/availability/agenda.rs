//! What a practitioner opens over some weeks, as grids of starts: the form in which an index keeps it.
//!
//! Invariant: the starts of the grids that are not closed are exactly those that [`slots`](super::slots) offers in the
//! window, claims, notice and horizon aside, each at the place that wins it.
//!
//! Most shifts stand alone and nothing is taken from them, so their grid says it all. Only where shifts touch or overlap,
//! or where something is taken from the middle, starts are judged one by one.

use jiff::Timestamp;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

use super::almanac::{Almanac, Clock, nanos};
use super::expand::{Source, counts_week, shift_of};
use super::model::{OpeningRule, Schedule, VisitType};
use super::wall;

/// Visit types that an agenda has at most; patients see the first ones first.
pub const MOST_VISIT_TYPES: usize = 64;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// Grids of starts by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agenda {
    /// The places of the schedule, in its order.
    pub places: Vec<AgendaPlace>,
}

/// What is open at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaPlace {
    /// Which one.
    pub location: LocationId,
    /// In order of anchor.
    pub shifts: Vec<AgendaShift>,
    /// Starts that no grid of this place offers all the same: place among [`bookable`], Unix seconds. Sorted. A start that
    /// several grids have and that does not stand here is offered once.
    pub closed: Vec<(u8, i64)>,
}

/// A grid for each visit type that it admits: `anchor`, `anchor + step`, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgendaShift {
    /// The first start, in Unix seconds.
    pub anchor: i64,
    /// Its length, rounded up to whole minutes.
    pub span_minutes: u16,
    /// Whether visits may end after it; otherwise the grid has only those that lie inside.
    pub runs_on: bool,
    /// Bit n: admits the visit type n of [`bookable`].
    pub visit_types: u64,
}

/// The visit types that an agenda counts: the active ones in the order in which patients see them.
pub fn bookable(schedule: &Schedule) -> impl Iterator<Item = &VisitType> {
    schedule.visit_types.iter().filter(|visit_type| visit_type.active).take(MOST_VISIT_TYPES)
}

/// What a schedule opens in the window of an almanac.
pub fn agenda(schedule: &Schedule, almanac: &mut Almanac) -> Agenda {
    let clocks: Vec<_> = schedule
        .locations
        .iter()
        .map(|location| almanac.clock(&location.time_zone_name, &location.time_zone))
        .collect();
    let places = schedule.locations.iter().map(|location| AgendaPlace {
        location: location.id,
        shifts: Vec::new(),
        closed: Vec::new(),
    });
    let mut agenda = Agenda { places: places.collect() };
    let grids: Vec<Grid> = bookable(schedule).map(Grid::of).collect();
    if !schedule.active || grids.is_empty() {
        return agenda;
    }
    let mut work = Work { schedule, grids: &grids, clocks: &clocks, shifts: Vec::with_capacity(96) };
    work.expand();
    work.write(&mut agenda);
    agenda
}

/// A visit type's measures, in nanoseconds.
struct Grid {
    id: VisitTypeId,
    duration: i64,
    step: i64,
}

impl Grid {
    fn of(visit_type: &VisitType) -> Self {
        let nanos = |duration: jiff::SignedDuration| duration.as_secs() * SECOND;
        Self { id: visit_type.id, duration: nanos(visit_type.duration()), step: nanos(visit_type.step()) }
    }

    /// How many starts a shift of this span has by the rule that the index goes by.
    fn starts(&self, span: i64, runs_on: bool) -> i64 {
        match (runs_on, span >= self.duration) {
            (true, _) => span.div_euclid(self.step) + i64::from(span.rem_euclid(self.step) > 0),
            (false, true) => (span - self.duration) / self.step + 1,
            (false, false) => 0,
        }
    }
}

/// A shift in nanoseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
struct Shift {
    start: i64,
    end: i64,
    place: usize,
    source: Source,
    visit_types: u64,
}

impl Shift {
    /// Slots start on whole seconds.
    fn anchor(&self) -> i64 {
        self.start.div_euclid(SECOND) * SECOND + if self.start.rem_euclid(SECOND) > 0 { SECOND } else { 0 }
    }

    /// From the first start to the end, rounded up to whole minutes.
    fn span(&self) -> i64 {
        let exact = self.end - self.anchor();
        exact.div_euclid(MINUTE) * MINUTE + if exact.rem_euclid(MINUTE) > 0 { MINUTE } else { 0 }
    }

    fn admits(&self, grid: usize) -> bool {
        self.visit_types & (1 << grid) != 0
    }
}

/// A half-open range.
type Range = (i64, i64);

struct Work<'a> {
    schedule: &'a Schedule,
    grids: &'a [Grid],
    clocks: &'a [std::sync::Arc<Clock>],
    shifts: Vec<Shift>,
}

impl<'a> Work<'a> {
    fn expand(&mut self) {
        for opening in &self.schedule.openings {
            let Some(place) = self.place(opening.location) else { continue };
            let Some((start, end)) = range(opening.range) else { continue };
            let source = Source::Opening(opening.id);
            self.push(Shift { start, end, place, source, visit_types: self.admitted(&opening.visit_types) });
        }
        for (index, rule) in self.schedule.rules.iter().enumerate() {
            if let Some(place) = self.place(rule.location) {
                self.expand_rule(index, rule, place);
            }
        }
        if !self.shifts.is_sorted_by_key(|shift| shift.start) {
            self.shifts.sort_unstable_by_key(|shift| (shift.start, shift.source));
        }
    }

    fn expand_rule(&mut self, index: usize, rule: &OpeningRule, place: usize) {
        let clock: &'a Clock = &self.clocks[place];
        let visit_types = self.admitted(&rule.visit_types);
        let ahead = i64::from(clock.weekday.until(rule.weekday));
        let not_before = rule.valid_from.map_or(0, |from| clock.place(from));
        let not_after = rule.valid_until.map_or(i64::MAX, |until| clock.place(until));
        let (starts, ends) = (nanos(rule.starts), nanos(rule.ends));
        let ends = if rule.ends <= rule.starts { ends + DAY } else { ends };
        let mut at = ahead;
        while let Some(day) = usize::try_from(at).ok().and_then(|at| clock.days.get(at)) {
            let holds = at >= not_before
                && at <= not_after
                && (self.schedule.works_public_holidays || !day.holiday)
                && (rule.every_weeks <= 1 || counts_week(rule, day.date));
            at += 7;
            if !holds {
                continue;
            }
            let shift = match day.midnight {
                Some(midnight) => Some((midnight + starts, midnight + ends)),
                None => shift_of(rule, &self.schedule.locations[place], day.date).and_then(range),
            };
            let source = Source::Rule(index);
            if let Some((start, end)) = shift {
                self.push(Shift { start, end, place, source, visit_types });
            }
        }
    }

    /// Keeps a shift that reaches into the window of its place, or that a visit of the window may run into.
    fn push(&mut self, shift: Shift) {
        let clock = &self.clocks[shift.place];
        if shift.visit_types != 0 && shift.start <= clock.end.saturating_add(DAY) && shift.end > clock.begin {
            self.shifts.push(shift);
        }
    }

    fn place(&self, location: LocationId) -> Option<usize> {
        self.schedule.locations.iter().position(|known| known.id == location)
    }

    fn admitted(&self, only: &[VisitTypeId]) -> u64 {
        let all = if self.grids.len() == 64 { u64::MAX } else { (1 << self.grids.len()) - 1 };
        match only {
            [] => all,
            only => self
                .grids
                .iter()
                .enumerate()
                .filter(|(_, grid)| only.contains(&grid.id))
                .fold(0, |set, (number, _)| set | 1 << number),
        }
    }

    /// Puts the shifts into the agenda: those that stand alone as they are, the others start by start.
    fn write(&self, agenda: &mut Agenda) {
        let away: Vec<Range> = self.schedule.time_off.iter().filter_map(|off| range(off.range)).collect();
        let closures: Vec<Vec<Range>> = (0..self.clocks.len()).map(|place| self.closures(place)).collect();
        let taken = |shift: Shift| {
            let closed: &[Range] = match shift.source {
                Source::Opening(_) => &[],
                Source::Rule(_) => &closures[shift.place],
            };
            let touches = move |range: &&Range| overlap(**range, (shift.start, shift.end));
            away.iter().chain(closed).filter(touches).copied()
        };
        let mut rest = self.shifts.as_slice();
        while let Some(first) = rest.first() {
            let mut until = first.end;
            let together = rest.iter().skip(1).take_while(|next| {
                let touches = next.start <= until;
                until = until.max(if touches { next.end } else { until });
                touches
            });
            let (knot, behind) = rest.split_at(1 + together.count());
            rest = behind;
            match knot {
                [alone] if alone.start >= self.clocks[alone.place].end => {}
                [alone] if taken(*alone).next().is_none() && alone.end <= self.clocks[alone.place].end => {
                    self.write_plain(alone, &mut agenda.places[alone.place]);
                }
                [alone] if taken(*alone).any(|(from, until)| from <= alone.start && alone.end <= until) => {}
                knot => self.write_knot(knot, &taken, agenda),
            }
        }
        for place in &mut agenda.places {
            place.shifts.sort_by_key(|shift| shift.anchor);
            place.closed.sort_unstable();
        }
    }

    fn closures(&self, place: usize) -> Vec<Range> {
        let zone = &self.schedule.locations[place].time_zone;
        self.schedule
            .closures
            .iter()
            .filter_map(|closure| range(wall::range(zone, closure.starts, closure.ends)?))
            .collect()
    }

    /// A shift with nothing around and nothing taken: only rounding its end up may have made a start too many.
    fn write_plain(&self, shift: &Shift, place: &mut AgendaPlace) {
        let exact = shift.end - shift.anchor();
        if exact % MINUTE != 0 {
            for (number, grid) in self.grids.iter().enumerate().filter(|(number, _)| shift.admits(*number)) {
                for spare in grid.starts(exact, false)..grid.starts(shift.span(), false) {
                    place.closed.push((number as u8, (shift.anchor() + spare * grid.step) / SECOND));
                }
            }
        }
        write_shift(shift, false, self.grids, place);
    }

    /// Shifts that touch or overlap, at one place or at several, or of which something is taken.
    fn write_knot<I: Iterator<Item = Range>>(
        &self,
        knot: &[Shift],
        taken: &impl Fn(Shift) -> I,
        agenda: &mut Agenda,
    ) {
        let offered = self.offered(knot, taken);
        for (number, shift) in knot.iter().enumerate() {
            if shift.start >= self.clocks[shift.place].end {
                continue;
            }
            // A start that another shift of the same place wins is offered here all the same; it counts once.
            let here = |grid: usize, start: i64| {
                let found = offered.binary_search_by_key(&(grid, start), |(grid, start, _)| (*grid, *start));
                found.is_ok_and(|found| knot[offered[found].2].place == shift.place)
            };
            let runs_on = offered
                .iter()
                .any(|(grid, start, of)| *of == number && start + self.grids[*grid].duration > shift.end);
            let place = &mut agenda.places[shift.place];
            for (at, grid) in self.grids.iter().enumerate().filter(|(at, _)| shift.admits(*at)) {
                for count in 0..grid.starts(shift.span(), runs_on) {
                    let start = shift.anchor() + count * grid.step;
                    if !here(at, start) {
                        place.closed.push((at as u8, start / SECOND));
                    }
                }
            }
            write_shift(shift, runs_on, self.grids, place);
        }
    }

    /// Every start that the shifts of a knot offer, with the shift that wins it; sorted.
    fn offered<I: Iterator<Item = Range>>(
        &self,
        knot: &[Shift],
        taken: &impl Fn(Shift) -> I,
    ) -> Vec<(usize, i64, usize)> {
        let mut offered = Vec::new();
        for (at, grid) in self.grids.iter().enumerate() {
            let mut found: Vec<(i64, Source, LocationId, usize)> = Vec::new();
            for place in 0..self.clocks.len() {
                let here = || {
                    knot.iter().enumerate().filter(move |(_, shift)| shift.place == place && shift.admits(at))
                };
                let open =
                    merged(here().flat_map(|(_, shift)| minus((shift.start, shift.end), taken(*shift))));
                for (number, shift) in here() {
                    let until = shift.end.min(self.clocks[place].end);
                    let mut start = shift.anchor();
                    while start < until {
                        let inside =
                            |(from, until): &Range| *from <= start && start + grid.duration <= *until;
                        if open.iter().any(inside) {
                            found.push((start, shift.source, self.schedule.locations[place].id, number));
                        }
                        start += grid.step;
                    }
                }
            }
            found.sort_unstable();
            found.dedup_by_key(|(start, ..)| *start);
            offered.extend(found.into_iter().map(|(start, _, _, number)| (at, start, number)));
        }
        offered.sort_unstable();
        offered
    }
}

/// Writes a shift down. One that is longer than an agenda can say becomes several of whole steps, by visit type.
fn write_shift(shift: &Shift, runs_on: bool, grids: &[Grid], place: &mut AgendaPlace) {
    let (anchor, span) = (shift.anchor(), shift.span());
    if let Ok(span_minutes) = u16::try_from(span / MINUTE) {
        if span > 0 {
            let visit_types = shift.visit_types;
            place.shifts.push(AgendaShift { anchor: anchor / SECOND, span_minutes, runs_on, visit_types });
        }
        return;
    }
    for (number, grid) in grids.iter().enumerate().filter(|(number, _)| shift.admits(*number)) {
        let at_most = (i64::from(u16::MAX) * MINUTE / grid.step).max(1);
        let (mut from, starts) = (0, grid.starts(span, runs_on));
        while from < starts {
            let count = at_most.min(starts - from);
            place.shifts.push(AgendaShift {
                anchor: (anchor + from * grid.step) / SECOND,
                span_minutes: u16::try_from(count * grid.step / MINUTE).unwrap_or(u16::MAX),
                runs_on: true,
                visit_types: 1 << number,
            });
            from += count;
        }
    }
}

/// The range in nanoseconds, if they can be counted.
fn range(range: TimeRange) -> Option<Range> {
    let nanos = |at: Timestamp| i64::try_from(at.as_nanosecond()).ok();
    Some((nanos(range.start())?, nanos(range.end())?))
}

fn overlap(one: Range, other: Range) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// What is left of a range.
fn minus(range: Range, taken: impl Iterator<Item = Range>) -> Vec<Range> {
    let mut taken: Vec<Range> = taken.collect();
    taken.sort_unstable();
    let (mut left, mut from) = (Vec::new(), range.0);
    for (start, end) in taken {
        if from < start {
            left.push((from, start.min(range.1)));
        }
        from = from.max(end);
    }
    if from < range.1 {
        left.push((from, range.1));
    }
    left
}

/// Ranges in order, neither overlapping nor touching.
fn merged(ranges: impl Iterator<Item = Range>) -> Vec<Range> {
    let mut ranges: Vec<Range> = ranges.collect();
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}
