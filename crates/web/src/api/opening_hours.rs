//! A practitioner's weekly opening hours and closures, replaced as a whole.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use rendez_domain::directory::{self, OpeningHours, WeeklyOpening};
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::versioned;
use crate::extract::{Caller, Command, Fields, FromFields, Id, Read, SignedIn, read};
use crate::problem::Problem;

const MOST_RULES: usize = 200;
const MOST_CLOSURES: usize = 500;

/// The opening hours to put.
pub struct OpeningHoursBody {
    weekly: Vec<WeeklyOpening>,
    closures: Vec<(Moment, Moment, Option<String>)>,
}

/// Opening hours to put in the place of all others.
#[derive(ToSchema)]
#[schema(as = NewOpeningHours)]
#[allow(dead_code, reason = "a schema: the body is read by `OpeningHoursBody::read`")]
pub(crate) struct NewOpeningHoursSchema {
    /// At most 200.
    weekly: Vec<NewWeeklyOpeningSchema>,
    /// When they do not hold; at most 500.
    closures: Option<Vec<NewClosureSchema>>,
}

/// A weekly opening to put.
#[derive(ToSchema)]
#[schema(as = NewWeeklyOpening)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewWeeklyOpeningSchema {
    /// `monday` to `sunday`: the day on which it starts.
    #[schema(example = "monday")]
    weekday: String,
    /// By the location's wall clock.
    #[schema(example = "09:00")]
    start: String,
    /// At or before the start it is on the next day.
    #[schema(example = "12:30")]
    end: String,
    /// Where; the main location without it.
    location_id: Option<String>,
    /// For which visit types; all without it.
    visit_type_ids: Option<Vec<String>>,
    /// The first day.
    valid_from: Option<Date>,
    /// The last day.
    valid_until: Option<Date>,
    /// Every how many weeks, counted from the week of `valid_from`; 1 without it.
    every_weeks: Option<u8>,
}

/// A closure to put.
#[derive(ToSchema)]
#[schema(as = NewClosure)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewClosureSchema {
    /// By the wall clock of each location; a date is its midnight.
    #[schema(example = "2026-12-24T12:00")]
    start: String,
    /// Half-open.
    #[schema(example = "2026-12-27")]
    end: String,
    /// Why, for the practice.
    reason: Option<String>,
}

/// An edge of a closure: by the location's wall clock, or an instant that is turned into it.
#[derive(Clone, Copy)]
enum Moment {
    Wall(DateTime),
    Instant(Timestamp),
}

impl Moment {
    fn read(value: &Value) -> Read<Self> {
        match read::instant(value) {
            Ok(instant) => Ok(Self::Instant(instant)),
            Err(_) => read::wall_date_time(value).map(Self::Wall),
        }
    }

    fn wall(self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Wall(wall) => wall,
            Self::Instant(instant) => instant.to_zoned(zone.clone()).datetime(),
        }
    }
}

impl FromFields for OpeningHoursBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let weekly = fields.required("weekly", read::list(MOST_RULES, |value| Fields::of(value, rule)));
        let closures =
            fields.optional("closures", read::list(MOST_CLOSURES, |value| Fields::of(value, closure)));
        Some(Self { weekly: weekly?, closures: closures.unwrap_or_default() })
    }
}

fn rule(fields: &mut Fields<'_>) -> Option<WeeklyOpening> {
    let weekday = fields.required("weekday", read::weekday);
    let starts = fields.required("start", read::wall_time);
    let ends = fields.required("end", read::wall_end);
    let location = fields.optional("location_id", read::id::<LocationId>);
    let visit_types = fields.optional("visit_type_ids", read::list(50, read::id::<VisitTypeId>));
    let valid_from = fields.optional("valid_from", read::date);
    let valid_until = fields.optional("valid_until", read::date);
    let every_weeks = fields.optional("every_weeks", read::integer::<u8>(1..=52)).unwrap_or(1);
    if every_weeks > 1 && !fields.has("valid_from") {
        fields.refuse("valid_from", "missing", "With `every_weeks` say from which week on it counts.");
    }
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        fields.refuse("valid_until", "before-valid-from", "The last day must not come before the first.");
    }
    if let (Some(starts), Some(ends)) = (starts, ends)
        && starts == ends
        && starts != Time::midnight()
    {
        let detail = "The opening has no length. For a whole day send `00:00` to `24:00`.";
        fields.refuse("end", "zero-length", detail);
    }
    Some(WeeklyOpening {
        weekday: weekday?,
        starts: starts?,
        ends: ends?,
        location,
        visit_types: visit_types.unwrap_or_default(),
        valid_from,
        valid_until,
        every_weeks,
    })
}

fn closure(fields: &mut Fields<'_>) -> Option<(Moment, Moment, Option<String>)> {
    let start = fields.required("start", Moment::read);
    let end = fields.required("end", Moment::read);
    let reason = read::note(fields, "reason");
    let reversed = match (start, end) {
        (Some(Moment::Wall(from)), Some(Moment::Wall(until))) => until <= from,
        (Some(Moment::Instant(from)), Some(Moment::Instant(until))) => until <= from,
        // One of each kind is compared when the zone is known.
        _ => false,
    };
    if reversed {
        fields.refuse("end", "not-after-start", "The end must come after the start.");
    }
    Some((start?, end?, reason))
}

/// A weekly opening.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WeeklyOpening)]
pub struct WeeklyOpeningView {
    /// `monday` to `sunday`: the day on which it starts.
    #[schema(value_type = String, example = "monday")]
    pub weekday: &'static str,
    /// By the location's wall clock.
    #[schema(example = "09:00")]
    pub start: String,
    /// At or before the start it is on the next day.
    #[schema(example = "12:30")]
    pub end: String,
    /// Where; the main location without it.
    #[schema(value_type = Option<String>)]
    pub location_id: Option<LocationId>,
    /// For which visit types; empty for all.
    #[schema(value_type = Vec<String>)]
    pub visit_type_ids: Vec<VisitTypeId>,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_until: Option<Date>,
    /// Every how many weeks, counted from the week of `valid_from`.
    pub every_weeks: u8,
}

/// When the weekly openings do not hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Closure)]
pub struct ClosureView {
    /// By the wall clock of each location.
    #[schema(example = "2026-12-24T12:00:00")]
    pub start: String,
    /// Half-open.
    #[schema(example = "2026-12-27T00:00:00")]
    pub end: String,
    /// Why.
    pub reason: Option<String>,
}

/// All opening hours of a practitioner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpeningHours)]
pub struct OpeningHoursView {
    /// Weekly openings, in order.
    pub weekly: Vec<WeeklyOpeningView>,
    /// When they do not hold.
    pub closures: Vec<ClosureView>,
}

impl From<OpeningHours> for OpeningHoursView {
    fn from(hours: OpeningHours) -> Self {
        let weekly = hours.weekly.into_iter().map(|rule| WeeklyOpeningView {
            weekday: name(rule.weekday),
            start: clock(rule.starts),
            end: clock(rule.ends),
            location_id: rule.location,
            visit_type_ids: rule.visit_types,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            every_weeks: rule.every_weeks,
        });
        let closures = hours.closures.into_iter().map(|(start, end, reason)| ClosureView {
            start: start.to_string(),
            end: end.to_string(),
            reason,
        });
        Self { weekly: weekly.collect(), closures: closures.collect() }
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// The opening hours as they stand: public, like a sign on the door. Reasons of closures are the practice's own.
#[utoipa::path(get, path = "/v1/practitioners/{id}/opening-hours", tag = "opening hours", security(()),
    responses((status = 200, description = "The opening hours", body = OpeningHoursView)))]
pub(crate) async fn find(caller: Caller, Id(id): Id<PractitionerId>) -> Result<Response, Problem> {
    let hours = directory::opening_hours(&caller.ctx, id).await?;
    Ok(versioned(StatusCode::OK, hours.version, OpeningHoursView::from(hours)))
}

/// Put new opening hours and closures in the place of all others. What is booked stays booked.
#[utoipa::path(put, path = "/v1/practitioners/{id}/opening-hours", tag = "opening hours",
    request_body = NewOpeningHoursSchema,
    responses((status = 200, description = "The opening hours as they stand now", body = OpeningHoursView)))]
pub(crate) async fn replace(
    _: SignedIn,
    Id(id): Id<PractitionerId>,
    command: Command<OpeningHoursBody>,
) -> Result<Response, Problem> {
    let zone = zone(&command, id).await?;
    let closures = command
        .body
        .closures
        .iter()
        .map(|(start, end, reason)| (start.wall(&zone), end.wall(&zone), reason.clone()));
    let hours =
        OpeningHours { closures: closures.collect(), weekly: command.body.weekly, ..OpeningHours::default() };
    if let Some(at) = hours.closures.iter().position(|(start, end, _)| end <= start) {
        return Err(Problem::fields(vec![crate::problem::FieldError {
            pointer: format!("/closures/{at}/end"),
            code: "not-after-start",
            detail: "By the location's wall clock the end does not come after the start.".to_owned(),
        }]));
    }
    let hours = directory::put_opening_hours(&command.ctx, id, command.if_match, hours).await?;
    Ok(versioned(StatusCode::OK, hours.version, OpeningHoursView::from(hours)))
}

/// The zone of the main location, needed only for closures that were sent as instants.
async fn zone(command: &Command<OpeningHoursBody>, id: PractitionerId) -> Result<TimeZone, Problem> {
    let instant = |moment: &Moment| matches!(moment, Moment::Instant(_));
    if !command.body.closures.iter().any(|(start, end, _)| instant(start) || instant(end)) {
        return Ok(TimeZone::UTC);
    }
    let known = directory::practitioner(&command.ctx, id).await?;
    let name = known.locations.first().map_or("UTC", |place| place.time_zone.as_str());
    TimeZone::get(name)
        .map_err(|error| rendez_platform::fault::Fault::new("reading a location's zone", error).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(body: Value) -> Vec<String> {
        let read = Fields::of(&body, OpeningHoursBody::read);
        read.err().into_iter().flatten().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn opening_hours_are_checked_rule_by_rule() {
        let good = json!({
            "weekly": [
                {"weekday": "monday", "start": "09:00", "end": "12:30"},
                {"weekday": "friday", "start": "22:00", "end": "24:00"},
                {"weekday": "friday", "start": "22:00", "end": "06:00", "every_weeks": 2, "valid_from": "2026-12-01"},
            ],
            "closures": [
                {"start": "2026-12-24T12:00", "end": "2026-12-27", "reason": "holidays"},
                {"start": "2026-12-24T12:00:00Z", "end": "2026-12-25T12:00:00Z"},
            ],
        });
        assert_eq!(errors(good), Vec::<String>::new());
        let bad = json!({
            "weekly": [
                {"weekday": "Monday", "start": "9:00", "end": "12:30"},
                {"weekday": "monday", "start": "09:00", "end": "12:30", "every_weeks": 2},
            ],
            "closures": [{"start": "2026-12-27", "end": "2026-12-27"}],
        });
        assert_eq!(
            errors(bad),
            [
                "/weekly/0/weekday not-one-of",
                "/weekly/0/start not-a-wall-time",
                "/weekly/1/valid_from missing",
                "/closures/0/end not-after-start",
            ]
        );
    }
}
