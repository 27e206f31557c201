//! Every start that a profile's shifts have, before anybody asks what is free.

use std::collections::BTreeSet;

use rendez_index::{Moment, Profile, Visit};

/// Which starts of each place and visit type are kept, of all that are on a grid and not closed.
pub(crate) fn every_grid(profile: &Profile, mut keep: impl FnMut(Visit) -> bool) -> Vec<Vec<Vec<Moment>>> {
    let mut kept = Vec::new();
    for place in 0..profile.places.len() {
        let mut of_place = Vec::new();
        for visit_type in 0..profile.visit_types.len() {
            let mut starts = grid(profile, place, visit_type);
            starts.retain(|visit| keep(*visit));
            of_place.push(starts.iter().map(|visit| visit.start).collect());
        }
        kept.push(of_place);
    }
    kept
}

/// Every start on the grids of one place for one visit type that is not closed, in order, each once.
pub(crate) fn grid(profile: &Profile, place_no: usize, visit_type_no: usize) -> Vec<Visit> {
    let (place, visit_type) = (&profile.places[place_no], &profile.visit_types[visit_type_no]);
    let mut starts = BTreeSet::new();
    for shift in place.shifts.iter().filter(|shift| shift.visit_types >> visit_type_no & 1 == 1) {
        let end = shift.anchor.plus(u32::from(shift.span_minutes) * 60);
        let mut start = shift.anchor;
        loop {
            let last = if shift.runs_on {
                start.plus(1)
            } else {
                start.plus(60 * u32::from(visit_type.duration_minutes))
            };
            if last > end {
                break;
            }
            starts.insert(start);
            start = start.plus(visit_type.step());
        }
    }
    let no = visit_type_no as u8;
    let closed: BTreeSet<_> = place.closed.iter().filter(|(of, _)| *of == no).map(|(_, at)| *at).collect();
    let open = starts.difference(&closed);
    open.map(|start| Visit {
        visit_type: no,
        place: place_no as u8,
        start: *start,
        blocked: visit_type.blocked(*start),
    })
    .collect()
}
