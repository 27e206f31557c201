//! A schedule as it would be after a change that nobody has saved yet.
//!
//! Invariant: what a draft offers is computed from an ordinary [`Schedule`] by the functions that compute everything
//! else, so a preview cannot promise what booking would refuse.

use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, TimeOffId};

use super::model::{Closure, OpeningRule, Schedule, ScheduleLocation, TimeOff, VisitType};

/// What would be different. `None` and empty lists leave things as they are.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Other weekly rules, and closures, in place of all.
    pub hours: Option<(Vec<OpeningRule>, Vec<Closure>)>,
    /// Whether the weekly rules hold on public holidays.
    pub works_public_holidays: Option<bool>,
    /// A visit type in place of the one with its id, or one more.
    pub visit_type: Option<VisitType>,
    /// A further absence.
    pub time_off: Option<(TimeOffId, TimeRange)>,
    /// Locations that the rules name and the schedule does not know yet.
    pub locations: Vec<ScheduleLocation>,
}

impl Draft {
    /// Which locations the draft's rules name.
    pub fn named_locations(&self) -> Vec<LocationId> {
        self.hours.iter().flat_map(|(rules, _)| rules.iter().map(|rule| rule.location)).collect()
    }

    /// The schedule as it would be.
    pub fn applied_to(self, schedule: &Schedule) -> Schedule {
        let mut drafted = schedule.clone();
        if let Some((rules, closures)) = self.hours {
            drafted.rules = rules;
            drafted.closures = closures;
        }
        if let Some(works) = self.works_public_holidays {
            drafted.works_public_holidays = works;
        }
        if let Some(changed) = self.visit_type {
            match drafted.visit_types.iter_mut().find(|known| known.id == changed.id) {
                Some(known) => *known = changed,
                None => drafted.visit_types.push(changed),
            }
        }
        drafted.time_off.extend(self.time_off.map(|(id, range)| TimeOff { id, range }));
        for location in self.locations {
            if drafted.location(location.id).is_none() {
                drafted.locations.push(location);
            }
        }
        drafted
    }
}
