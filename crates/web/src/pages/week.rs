//! A week of free times, on the location's clock: the heart of a practitioner's page and of moving a visit.
//!
//! Without a week named, the first one with a free time is shown. It knows no form: the caller says where a pressed
//! button goes.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{Slot, VisitType};
use rendez_domain::booking::{self, Appointment, AppointmentFilter, OfferedSlots, Status};
use rendez_domain::directory::Practitioner;
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId};
use rendez_vocab::{Actor, TimeRange};

use super::error::PageError;
use super::hold::Wanted;
use super::page::Link;
use super::views::SlotButton;
use super::visitor::Visitor;
use super::when;

/// Other times that are offered for one that could not be had.
const INSTEAD: usize = 5;
/// Times that may be left out because the patient has something else to do.
const MOST_IN_THE_WAY: usize = 40;
/// Free times in one week: more is no week that somebody could read.
const MOST_BUTTONS: usize = 1000;

/// What to show.
pub(super) struct WeekRequest<'a> {
    /// Whose times.
    pub(super) person: &'a Practitioner,
    /// Of which visit type.
    pub(super) visit_type: &'a VisitType,
    /// The week's Monday.
    pub(super) monday: Option<Date>,
    /// The page's address up to the name of a week: it ends with `week=`.
    pub(super) base: String,
    /// Where a pressed button is sent.
    pub(super) action: String,
}

/// A week, as `week.html` shows it.
pub(super) struct Week {
    pub(super) heading: String,
    pub(super) zone: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) is_empty: bool,
    pub(super) next_free: Option<Link>,
    pub(super) action: String,
    pub(super) stream: String,
    pub(super) days: Vec<Day>,
    pub(super) promise: String,
    /// Where somebody whom no time suits can wait for one; not where a visit is moved.
    pub(super) waiting: Option<String>,
}

/// A day of it.
pub(super) struct Day {
    pub(super) weekday: String,
    pub(super) date: String,
    pub(super) slots: Vec<SlotButton>,
}

/// The week of a request.
pub(super) async fn week(visitor: &Visitor, request: WeekRequest<'_>) -> Result<Week, PageError> {
    let zone_name = request.person.locations.first().map_or("UTC", |location| location.time_zone.as_str());
    let zone = when::zone_named(zone_name);
    let today = zone.to_datetime(visitor.ctx.clock.now()).date();
    let this_week = when::monday_of(today);
    let horizon = when::days_after(today, i64::from(request.visit_type.max_horizon_days));
    let monday = match request.monday {
        Some(monday) => monday.clamp(this_week, when::monday_of(horizon)),
        None => first_free(visitor, &request, today, horizon, &zone)
            .await?
            .map_or(this_week, |start| when::monday_of(zone.to_datetime(start).date())),
    };
    let sunday = when::days_after(monday, 6);
    let offered = offered(visitor, &request, monday, when::days_after(monday, 7), &zone).await?;
    let buttons = buttons(visitor, &request, &offered, &zone).await?;
    let is_empty = buttons.is_empty();
    let mut first = None;
    let next_free = if is_empty {
        let after = first_free(visitor, &request, when::days_after(monday, 7), horizon, &zone).await?;
        first = match after {
            Some(start) => Some(start),
            None => first_free(visitor, &request, today, horizon, &zone).await?,
        };
        first.map(|start| next_free(visitor, &request, start, &zone))
    } else {
        None
    };
    let days = (0..7)
        .map(|offset| {
            let date = when::days_after(monday, offset);
            Day {
                weekday: when::weekday_name(visitor.locale, date),
                date: when::day_month(visitor.locale, date),
                slots: buttons.iter().filter(|(on, _)| *on == date).map(|(_, slot)| slot.clone()).collect(),
            }
        })
        .collect();
    let link = |date: Date| format!("{}{}", request.base, when::week_name(date));
    Ok(Week {
        heading: visitor.locale.text_with(
            "week-heading",
            [
                ("from", when::day_month(visitor.locale, monday).into()),
                ("to", when::day_month(visitor.locale, sunday).into()),
                ("year", sunday.year().into()),
            ],
        ),
        zone: when::zone_name(zone_name, visitor.ctx.pack.time_zone_name()),
        previous: (monday > this_week).then(|| link(when::days_after(monday, -7))),
        next: (sunday < horizon).then(|| link(when::days_after(monday, 7))),
        is_empty,
        next_free,
        stream: format!("/v1/practitioners/{}/slots/stream", request.person.id),
        promise: visitor
            .locale
            .text_with("week-promise", [("minutes", request.visit_type.hold_minutes.into())]),
        waiting: (request.action == "/hold").then(|| waiting(&request, first, &zone)),
        action: request.action,
        days,
    })
}

/// Free times and the visitor's own holds, each with its date, in order.
async fn buttons(
    visitor: &Visitor,
    request: &WeekRequest<'_>,
    offered: &OfferedSlots,
    zone: &TimeZone,
) -> Result<Vec<(Date, SlotButton)>, PageError> {
    let mut buttons: Vec<SlotButton> =
        offered.slots.iter().map(|slot| SlotButton::new(visitor, request.person, slot)).collect();
    for hold in &offered.own_holds {
        // The hold blocks its buffers too; the visit itself begins where its appointment says.
        let visit = booking::find(&visitor.ctx, hold.appointment).await?;
        let slot = Slot {
            start: visit.range.start(),
            end: visit.range.end(),
            location: visit.location,
            visit_type: visit.visit_type,
        };
        let own = Some(format!("/appointments/{}/confirm", visit.id));
        buttons.push(SlotButton { own, ..SlotButton::new(visitor, request.person, &slot) });
    }
    buttons.sort_by_key(|button| button.start);
    let on = |button: &SlotButton| {
        let start = Timestamp::from_second(button.start).unwrap_or(Timestamp::UNIX_EPOCH);
        zone.to_datetime(start).date()
    };
    Ok(buttons.into_iter().map(|button| (on(&button), button)).collect())
}

async fn offered(
    visitor: &Visitor,
    request: &WeekRequest<'_>,
    from: Date,
    until: Date,
    zone: &TimeZone,
) -> Result<OfferedSlots, PageError> {
    let window = TimeRange::new(when::start_of(from, zone), when::start_of(until, zone))
        .map_err(|_| PageError::NotFound)?;
    let most = Some(MOST_BUTTONS);
    Ok(booking::slots(&visitor.ctx, request.person.id, request.visit_type.id, window, most).await?)
}

/// The first free start on or after a date, up to the horizon.
async fn first_free(
    visitor: &Visitor,
    request: &WeekRequest<'_>,
    from: Date,
    horizon: Date,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, PageError> {
    let until = when::start_of(when::days_after(horizon, 1), zone);
    let Ok(window) = TimeRange::new(when::start_of(from, zone), until) else { return Ok(None) };
    let found =
        booking::slots(&visitor.ctx, request.person.id, request.visit_type.id, window, Some(1)).await?;
    Ok(found.slots.first().map(|slot| slot.start))
}

/// The form of the waiting list for this visit; before the next free time, if there is one.
fn waiting(request: &WeekRequest<'_>, next_free: Option<Timestamp>, zone: &TimeZone) -> String {
    let until = next_free
        .map(|start| when::days_after(zone.to_datetime(start).date(), -1))
        .map(|day| format!("&until={day}"))
        .unwrap_or_default();
    format!("/waiting?practitioner={}&visit_type={}{until}", request.person.id, request.visit_type.id)
}

fn next_free(visitor: &Visitor, request: &WeekRequest<'_>, start: Timestamp, zone: &TimeZone) -> Link {
    let at = start.to_zoned(zone.clone());
    let moment = when::moment(visitor.locale, &at);
    let text = visitor.locale.text_with("week-next-free", [("when", moment.into())]);
    Link::new(format!("{}{}", request.base, when::week_name(at.date())), text)
}

/// The free times that follow one that could not be had: at most five within three weeks.
pub(super) async fn instead_of(
    visitor: &Visitor,
    person: &Practitioner,
    slot: SlotId,
    wanted: &Wanted,
) -> Result<Vec<SlotButton>, PageError> {
    let until = slot.start().checked_add(SignedDuration::from_hours(24 * 21)).unwrap_or(Timestamp::MAX);
    let Ok(window) = TimeRange::new(slot.start(), until) else { return Ok(Vec::new()) };
    let busy = busy(visitor, wanted.patient, wanted.moving, window).await?;
    let most = Some(INSTEAD + MOST_IN_THE_WAY);
    let found = booking::slots(&visitor.ctx, person.id, slot.visit_type, window, most).await?;
    let free = found.slots.iter().filter(|slot| !busy.iter().any(|visit| overlaps(visit, slot)));
    Ok(free.take(INSTEAD).map(|slot| SlotButton::new(visitor, person, slot)).collect())
}

/// Whether a visit and a free time are at the same time.
pub(super) fn overlaps(visit: &Appointment, slot: &Slot) -> bool {
    visit.range.start() < slot.end && slot.start < visit.range.end()
}

/// The visits and holds of a patient, or of the visitor, in a window, but the one that is moved: at these times they cannot
/// have another.
pub(super) async fn busy(
    visitor: &Visitor,
    patient: Option<PatientId>,
    moving: Option<AppointmentId>,
    window: TimeRange,
) -> Result<Vec<Appointment>, PageError> {
    let own = match visitor.ctx.actor {
        Actor::Patient(own) => own,
        _ => return Ok(Vec::new()),
    };
    let day = SignedDuration::from_hours(24);
    let filter = AppointmentFilter {
        patient: Some(patient.unwrap_or(own)),
        // One that began before may last into it.
        from: window.start().checked_sub(day).ok(),
        to: Some(window.end()),
        statuses: vec![Status::Held, Status::Booked],
        limit: 100,
        ..AppointmentFilter::default()
    };
    let now = visitor.ctx.clock.now();
    let mut visits = booking::list(&visitor.ctx, &filter).await?.appointments;
    visits.retain(|visit| {
        Some(visit.id) != moving && visit.hold_expires_at.is_none_or(|deadline| deadline > now)
    });
    Ok(visits)
}
