//! What a claim is.

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;
use uuid::Uuid;

/// No claim lasts longer (constraint `claim_range`); longer absences are several claims.
pub(super) const LONGEST_CLAIM: SignedDuration = SignedDuration::from_hours(48);

/// A live row of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// What it takes.
    pub range: TimeRange,
    /// Why it is taken.
    pub kind: ClaimKind,
    /// The record that took it.
    pub owner: Uuid,
    /// A hold's deadline.
    pub expires_at: Option<Timestamp>,
}

impl Claim {
    /// Whether it still takes time: a hold past its deadline does not, whether or not a worker has run.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|deadline| deadline > now)
    }
}

/// Why time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// Somebody may still confirm.
    Hold,
    /// A booked visit.
    Appointment,
    /// The practitioner is away.
    TimeOff,
    /// A visit that staff put over another on purpose; it does not exclude.
    Overbooked,
    /// Booked at the clinic's own server.
    Clinic,
    /// A calendar event.
    Event,
}

impl ClaimKind {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Appointment => "appointment",
            Self::TimeOff => "time-off",
            Self::Overbooked => "overbooked",
            Self::Clinic => "clinic",
            Self::Event => "event",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Hold, Self::Appointment, Self::TimeOff, Self::Overbooked, Self::Clinic, Self::Event]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}
