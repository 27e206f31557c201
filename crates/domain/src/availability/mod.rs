//! Which times a practitioner offers.
//!
//! Slots are computed, never stored: a [`Schedule`] (weekly rules, closures, one-off openings, time off, visit types)
//! minus the claims on the timeline. Wall-clock rules become instants by date, in the zone of their location.
//!
//! Invariant: [`slots`] offers a start exactly when [`check`] accepts it and no claim overlaps what it blocks, which
//! is when every verdict of [`explain`] is a pass. A start that is offered once keeps its instant, and so its id,
//! whatever is closed or booked around it, because the grid of an opening hangs on the opening's own start.
//!
//! It does not know who is asking, where the schedule came from, or what a claim is but its range; and it takes the
//! present as a value. Two bookings that race are the timeline's business.

mod agenda;
mod almanac;
mod cache;
mod check;
mod draft;
mod expand;
mod explain;
mod model;
mod open;
mod queries;
mod slots;
mod wall;

pub use agenda::{Agenda, AgendaPlace, AgendaShift, MOST_VISIT_TYPES, agenda, bookable};
pub use almanac::Almanac;
pub use cache::ScheduleCache;
pub use check::{NotOffered, Offer, check, check_at_desk};
pub use draft::Draft;
pub use expand::Source;
pub use explain::{Busy, Verdict, explain};
pub use model::{
    Closure, HolidayCalendar, Opening, OpeningRule, Schedule, ScheduleLocation, TimeOff, VisitType,
    WhoMayBook,
};
pub use open::{OpenRange, opening_ranges};
/// How the rows of a schedule are read, for whoever reads many schedules at once.
pub(crate) mod rows {
    pub(crate) use super::queries::{away, closure, head, location, opening, rule, visit_type};
}
pub(crate) use queries::{VISIT_TYPES, visit_type};
pub use slots::{Slot, slots, slots_of_opening};
