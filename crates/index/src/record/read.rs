//! What a record answers: which visit type suits, and when its starts are.

use std::ops::ControlFlow;

use crate::moment::{Moment, Span};

use super::{Record, Run, Stretch};

/// What a search wants of a visit type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// At least so long.
    pub(crate) visit_minutes: Option<u16>,
    /// At a distance, or not.
    pub(crate) telehealth: Option<bool>,
    /// `true`: one that somebody new may book.
    pub(crate) new_patients: Option<bool>,
}

impl Record<'_> {
    /// The first visit type that suits. Asked for a visit at a distance, a practitioner who offers that without having
    /// such a visit type offers any.
    pub(crate) fn choose(&self, wish: &Wish) -> Option<usize> {
        let minutes = wish.visit_minutes.unwrap_or(0);
        let new_only = wish.new_patients == Some(true);
        let mut first = None;
        for number in 0..self.visit_types() {
            let visit_type = self.visit_type(number);
            if visit_type.duration_minutes < minutes || new_only && visit_type.known_only {
                continue;
            }
            if wish.telehealth.is_none_or(|telehealth| visit_type.telehealth == telehealth) {
                return Some(number);
            }
            first = first.or(Some(number));
        }
        first.filter(|_| wish.telehealth == Some(true) && self.telehealth())
    }

    /// When starts of a visit type are offered to somebody who asks at `now`.
    pub(crate) fn bookable(&self, visit_type: usize, now: Moment) -> Span {
        self.visit_type(visit_type).bookable(now)
    }

    /// The free starts of a visit type inside `span`, in order, each once, until `each` says stop.
    pub(crate) fn starts(
        &self,
        visit_type: usize,
        span: Span,
        mut each: impl FnMut(Moment) -> ControlFlow<()>,
    ) {
        let (from, until) = (i64::from(span.start.seconds()), i64::from(span.end.seconds()));
        if from >= until {
            return;
        }
        let mut next = self.first_shift_reaching(from);
        while next < self.shifts && i64::from(self.anchor(next)) < until {
            let group = self.group(next);
            if group.len() == 1 && i64::from(self.shift(next).end()) <= from {
                next = group.end;
                continue;
            }
            let flow = match self.run_alone(&group) {
                Some(shift) => self.starts_of_one(&shift, visit_type, from, until, &mut each),
                None => self.starts_of_many(group.clone(), visit_type, from, until, &mut each),
            };
            if flow.is_break() {
                return;
            }
            next = group.end;
        }
    }

    /// The first free start of a visit type inside `span`.
    pub(crate) fn first_start(&self, visit_type: usize, span: Span) -> Option<Moment> {
        let mut first = None;
        self.starts(visit_type, span, |start| {
            first = Some(start);
            ControlFlow::Break(())
        });
        first
    }

    /// Shifts from `first` on that overlap one another in a chain.
    fn group(&self, first: usize) -> std::ops::Range<usize> {
        let mut after = first + 1;
        if self.flags & super::OVERLAPS != 0 {
            let mut end = self.shift(first).end();
            while after < self.shifts && self.anchor(after) < end {
                end = end.max(self.shift(after).end());
                after += 1;
            }
        }
        first..after
    }

    fn run_alone(&self, group: &std::ops::Range<usize>) -> Option<Stretch> {
        (group.len() == 1).then(|| self.shift(group.start))
    }

    fn starts_of_one(
        &self,
        shift: &Stretch,
        visit_type: usize,
        from: i64,
        until: i64,
        each: &mut impl FnMut(Moment) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(run) = self.run(shift, visit_type) else { return ControlFlow::Continue(()) };
        self.each_free(&run, run.first_from(from), run.first_from(until), |number| each(run.start(number)))
    }

    /// Goes through shifts that overlap start by start.
    fn starts_of_many(
        &self,
        group: std::ops::Range<usize>,
        visit_type: usize,
        from: i64,
        until: i64,
        each: &mut impl FnMut(Moment) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut from = from;
        loop {
            let runs = group.clone().filter_map(|number| self.run(&self.shift(number), visit_type));
            let first = runs.filter_map(|run| self.next_free(&run, from, until)).min();
            let Some(first) = first else { return ControlFlow::Continue(()) };
            each(first)?;
            from = i64::from(first.seconds()) + 1;
        }
    }

    fn next_free(&self, run: &Run, from: i64, until: i64) -> Option<Moment> {
        let mut found = None;
        let _ = self.each_free(run, run.first_from(from), run.first_from(until), |number| {
            found = Some(run.start(number));
            ControlFlow::Break(())
        });
        found
    }
}
