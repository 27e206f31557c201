//! What an agenda is made of.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{PractitionerId, RoomId, TimeOffId};

use crate::availability::{OpenRange, Schedule};
use crate::booking::Appointment;

/// What to read.
#[derive(Debug, Clone)]
pub struct AgendaRequest {
    /// Whose days.
    pub practitioners: Vec<PractitionerId>,
    /// Which rooms' days.
    pub rooms: Vec<RoomId>,
    /// From when until when.
    pub window: TimeRange,
}

/// Everything that stands in the window.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The instant for which this is true, by the database's clock.
    pub as_of: Timestamp,
    /// Held and booked visits, those over and those cancelled, by start. Each once, whether its practitioner, its room or
    /// both were asked for.
    pub visits: Vec<Visit>,
    /// When practitioners are away, by start.
    pub absences: Vec<Absence>,
    /// When the weekly hours do not hold, by start.
    pub closings: Vec<Closing>,
    /// What each practitioner has opened.
    pub opened: Vec<Opened>,
    /// There are more visits than an agenda shows.
    pub cut: bool,
}

/// A visit with what the desk calls it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The visit.
    pub appointment: Appointment,
    /// The patient's first name.
    pub given_name: String,
    /// The patient's last name.
    pub family_name: String,
    /// The patient's phone.
    pub phone: Option<String>,
}

/// A range when a practitioner is away.
#[derive(Debug, Clone)]
pub struct Absence {
    /// Which one.
    pub id: TimeOffId,
    /// Who.
    pub practitioner: PractitionerId,
    /// When.
    pub range: TimeRange,
    /// For the practice.
    pub reason: Option<String>,
}

/// When a practitioner's weekly hours do not hold, by the wall clock.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Whose hours.
    pub practitioner: PractitionerId,
    /// The first wall-clock time inside.
    pub starts: DateTime,
    /// The first wall-clock time after.
    pub ends: DateTime,
    /// For the practice.
    pub reason: Option<String>,
}

/// What a practitioner has opened in the window: closures, holidays and absences are taken away.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Whose.
    pub practitioner: PractitionerId,
    /// What may be booked, and where.
    pub schedule: Arc<Schedule>,
    /// In order of start; two openings that overlap give both.
    pub ranges: Vec<OpenRange>,
}
