//! What the desk is told when booking says no, and why a time is not free.

use rendez_domain::availability::NotOffered;
use rendez_domain::booking::BookingRefusal;

use super::super::error::refusal_text;
use super::super::visitor::Visitor;

/// A refusal in words for the practice.
pub(super) fn refused(visitor: &Visitor, refusal: &BookingRefusal) -> String {
    visitor.t(match refusal {
        BookingRefusal::SlotTaken { .. } | BookingRefusal::AlreadyYours { .. } => "agenda-no-taken",
        BookingRefusal::NotOffered(reason) => match reason {
            NotOffered::Inactive | NotOffered::UnknownVisitType => "agenda-no-inactive",
            NotOffered::Closed => "agenda-no-closed",
            NotOffered::Holiday => "agenda-no-holiday",
            NotOffered::TimeOff => "agenda-no-away",
            _ => "agenda-no-opening",
        },
        BookingRefusal::TooSoon { .. } => "agenda-no-past",
        BookingRefusal::PatientOverlap => "agenda-no-patient",
        BookingRefusal::NoRoomFree => "agenda-no-room",
        BookingRefusal::AlreadyStarted => "agenda-no-started",
        BookingRefusal::WrongStatus | BookingRefusal::Already(_) => "agenda-no-status",
        BookingRefusal::VersionMismatch => "agenda-no-changed",
        BookingRefusal::ReasonMissing => "agenda-no-reason",
        other => return refusal_text(visitor.locale, other),
    })
}

/// Whether overbooking, with a reason, is a way out.
pub(super) const fn can_overbook(refusal: &BookingRefusal) -> bool {
    matches!(
        refusal,
        BookingRefusal::SlotTaken { .. }
            | BookingRefusal::AlreadyYours { .. }
            | BookingRefusal::NotOffered(_)
            | BookingRefusal::TooSoon { .. }
            | BookingRefusal::TooFar { .. }
            | BookingRefusal::NoRoomFree
    )
}
