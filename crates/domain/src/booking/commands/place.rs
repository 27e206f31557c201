//! Where a visit would be: what the statements need to know of it.

use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;

use super::support::Rules;
use crate::availability::{self, Offer, Schedule, VisitType};
use crate::booking::error::BookingRefusal;

/// As far ahead as the desk books: longer than any visit type's horizon.
const DESK_HORIZON_DAYS: i32 = 4 * 366;

/// Where and under which policy a visit would happen: what the statements need of schedule and offer.
pub(in crate::booking) struct Place {
    pub(in crate::booking) range: TimeRange,
    pub(in crate::booking) blocked: TimeRange,
    pub(in crate::booking) location: uuid::Uuid,
    pub(in crate::booking) organization: uuid::Uuid,
    pub(in crate::booking) time_zone: String,
    pub(super) hold_minutes: i32,
    pub(super) notice_minutes: i32,
    pub(super) horizon_days: i32,
    pub(in crate::booking) room_kind: Option<String>,
    pub(super) who_may_book: &'static str,
    pub(in crate::booking) telehealth: bool,
}

impl Place {
    pub(super) fn of(schedule: &Schedule, offer: &Offer<'_>, rules: Rules) -> Result<Self, BookingRefusal> {
        let location =
            schedule.location(offer.location).ok_or(Fault::plain("an opening names an unknown location"))?;
        let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        let (notice_minutes, horizon_days, who_may_book) = match rules {
            Rules::Offered => (
                count(offer.visit_type.min_notice_minutes),
                count(offer.visit_type.max_horizon_days),
                who_may_book(schedule, offer.visit_type),
            ),
            Rules::Desk => (0, DESK_HORIZON_DAYS, availability::WhoMayBook::Anyone.as_str()),
        };
        Ok(Self {
            range: offer.range,
            blocked: offer.blocked,
            location: location.id.uuid(),
            organization: location.organization.uuid(),
            time_zone: location.time_zone_name.clone(),
            hold_minutes: count(offer.visit_type.hold_minutes),
            notice_minutes,
            horizon_days,
            room_kind: offer.visit_type.room_kind.clone(),
            who_may_book,
            telehealth: offer.visit_type.telehealth,
        })
    }
}

/// Who may book a visit type: its own rule, and the practitioner's word on new patients.
pub(super) fn who_may_book(schedule: &Schedule, visit_type: &VisitType) -> &'static str {
    match (visit_type.who_may_book, schedule.accepts_new_patients) {
        (availability::WhoMayBook::Anyone, false) => "known",
        (who, _) => who.as_str(),
    }
}
