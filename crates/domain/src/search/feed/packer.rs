//! From a practitioner as the database has them to what the index keeps.

use std::sync::Arc;

use jiff::Timestamp;
use rendez_index::text::fold;
use rendez_index::{Moment, Packed, Profile, Settings, Shift, VisitType};
use rendez_vocab::ids::{LocationId, PractitionerId};

use super::people::{Person, understood};
use super::rooms::{Needs, Rooms};
use super::words::Words;
use crate::availability::{Almanac, HolidayCalendar, WhoMayBook, agenda, bookable};
use crate::search::card::{CardLocation, CardSource, CardVisitType, encode};

/// Local days that the index covers, counted from the one on which it was last rolled on.
pub(super) const DAYS: u16 = 64;

/// Packs practitioners for one index at one time. Each thread has its own.
pub(super) struct Packer {
    settings: Settings,
    words: Arc<Words>,
    almanac: Almanac,
}

/// A practitioner, packed.
pub(super) struct Made {
    /// Who.
    pub practitioner: PractitionerId,
    /// What the index takes.
    pub packed: Packed,
    /// The rooms that their visits need.
    pub needs: Option<Needs>,
}

impl Packer {
    /// For an index with these settings that covers the days from `rolled` on.
    pub(super) fn new(
        settings: Settings,
        words: Arc<Words>,
        rolled: Timestamp,
        holidays: &Arc<HolidayCalendar>,
    ) -> Self {
        let now = Timestamp::from_second(settings.now.unix()).unwrap_or(rolled);
        Self { settings, words, almanac: Almanac::new(now, rolled, DAYS, Arc::clone(holidays)) }
    }

    /// Packs somebody; `None` for whoever cannot be found: inactive, or without a place.
    pub(super) fn pack(&mut self, person: &Person, rooms: &Rooms) -> Option<Made> {
        let id = person.schedule.practitioner.uuid();
        understood(id, || self.pack_understood(person, rooms)).flatten()
    }

    fn pack_understood(&mut self, person: &Person, rooms: &Rooms) -> Option<Made> {
        let (profile, places) = self.profile(person)?;
        let needs = Needs::of(person, &places);
        let packed = match &needs {
            None => Packed::with_busy(&self.settings, &profile, &person.busy),
            Some(needs) => Packed::new(&self.settings, &profile, |visit| {
                !person.busy.iter().any(|span| span.overlaps(visit.blocked)) && rooms.suffice(needs, visit)
            }),
        };
        Some(Made { practitioner: profile.practitioner, packed, needs })
    }

    fn profile(&mut self, person: &Person) -> Option<(Profile, Vec<LocationId>)> {
        let schedule = &person.schedule;
        if !schedule.active {
            return None;
        }
        let agenda = agenda(schedule, &mut self.almanac);
        let mut kept = Vec::with_capacity(agenda.places.len());
        let mut places = Vec::with_capacity(agenda.places.len());
        for ((open, location), place) in
            agenda.places.into_iter().zip(&schedule.locations).zip(&person.places)
        {
            let Some(zone) = self.words.zone(&location.time_zone_name) else { continue };
            kept.push(open.location);
            places.push(rendez_index::Place {
                id: open.location,
                position: place.position,
                zone,
                shifts: open
                    .shifts
                    .iter()
                    .map(|shift| Shift {
                        anchor: Moment::from_unix(shift.anchor),
                        span_minutes: shift.span_minutes,
                        runs_on: shift.runs_on,
                        visit_types: shift.visit_types,
                    })
                    .collect(),
                closed: open.closed.iter().map(|(number, at)| (*number, Moment::from_unix(*at))).collect(),
            });
        }
        let profile = Profile {
            practitioner: schedule.practitioner,
            specialty: person.specialty.as_deref().and_then(|code| self.words.specialty(code)),
            languages: person.languages.iter().filter_map(|code| self.words.language(code)).collect(),
            sector: person.sector.as_deref().and_then(|code| self.words.sector(code)),
            accepts_new_patients: schedule.accepts_new_patients,
            telehealth: person.telehealth,
            names: fold(&format!("{} {}", person.given_name, person.family_name)),
            card: encode(&card(person)),
            visit_types: bookable(schedule).map(measures).collect(),
            places,
        };
        (!profile.places.is_empty()).then_some((profile, kept))
    }
}

fn measures(visit_type: &crate::availability::VisitType) -> VisitType {
    let minutes = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
    VisitType {
        id: visit_type.id,
        duration_minutes: minutes(visit_type.duration_minutes),
        buffer_before_minutes: minutes(visit_type.buffer_before_minutes),
        buffer_after_minutes: minutes(visit_type.buffer_after_minutes),
        min_notice_minutes: visit_type.min_notice_minutes,
        max_horizon_days: minutes(visit_type.max_horizon_days),
        telehealth: visit_type.telehealth,
        known_only: visit_type.who_may_book == WhoMayBook::Known,
    }
}

fn card(person: &Person) -> CardSource<'_> {
    let schedule = &person.schedule;
    CardSource {
        organization: schedule.organization,
        given_name: &person.given_name,
        family_name: &person.family_name,
        specialty: person.specialty.as_deref(),
        sector: person.sector.as_deref(),
        phone: person.phone.as_deref(),
        accepts_new_patients: schedule.accepts_new_patients,
        telehealth: person.telehealth,
        languages: person.languages.iter().map(String::as_str).collect(),
        locations: schedule
            .locations
            .iter()
            .zip(&person.places)
            .map(|(location, place)| CardLocation {
                id: location.id,
                name: &place.name,
                line: &place.line,
                postal_code: &place.postal_code,
                city: &place.city,
                country: &place.country,
                position: place.position,
                time_zone: &location.time_zone_name,
            })
            .collect(),
        visit_types: bookable(schedule)
            .map(|visit_type| CardVisitType {
                id: visit_type.id,
                name: &visit_type.name,
                duration_minutes: visit_type.duration_minutes,
                telehealth: visit_type.telehealth,
            })
            .collect(),
    }
}
