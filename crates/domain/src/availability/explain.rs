//! Why a time is offered or not, rule by rule.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::VisitTypeId;

use super::check::{Findings, bounds};
use super::expand::Source;
use super::model::{Schedule, VisitType, WhoMayBook};

/// A claim of the practitioner's calendar, with the word of the timeline for its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy<'a> {
    /// When.
    pub range: TimeRange,
    /// Its kind, such as `hold`.
    pub kind: &'a str,
}

/// What one rule says to a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule's name in kebab-case.
    pub rule: &'static str,
    /// Whether the rule lets the time pass.
    pub passed: bool,
    /// An English sentence with the reason; it names no person.
    pub detail: Cow<'static, str>,
}

/// What every rule says at `now` to a visit that begins at `start`: `practitioner-active`, `visit-type-active`,
/// `opening`, `grid`, `closure`, `public-holiday`, `time-off`, `notice`, `horizon`, `claims`, in this order and all of
/// them, however many fail. If `known` says whether the patient has been here before, `who-may-book` is the last.
///
/// A rule about openings is judged as if those that failed before it were not there. `claims` may have any order.
/// `None` if the practitioner has no such visit type.
pub fn explain(
    schedule: &Schedule,
    visit_type: VisitTypeId,
    start: Timestamp,
    now: Timestamp,
    claims: &[Busy<'_>],
    known: Option<bool>,
) -> Option<Vec<Verdict>> {
    let visit_type = schedule.visit_type(visit_type)?;
    let mut verdicts = vec![
        verdict(
            "practitioner-active",
            schedule.active,
            "The practitioner can be booked.",
            "The practitioner cannot be booked any more.",
        ),
        verdict(
            "visit-type-active",
            visit_type.active,
            "The visit type can be booked.",
            "The visit type cannot be booked any more.",
        ),
    ];
    openings(schedule, visit_type, start, &mut verdicts);
    policy(schedule, visit_type, start, now, &mut verdicts);
    verdicts.push(timeline(visit_type, start, claims));
    verdicts.extend(known.map(|known| {
        let passed = schedule.admits(visit_type, known);
        let reason = match visit_type.who_may_book {
            WhoMayBook::Known => "The visit type is for patients who have been here before.",
            WhoMayBook::New if known => "The visit type is for new patients.",
            _ => "The practitioner accepts no new patients.",
        };
        verdict("who-may-book", passed, "The patient may book this visit type.", reason)
    }));
    Some(verdicts)
}

fn openings(schedule: &Schedule, visit_type: &VisitType, start: Timestamp, verdicts: &mut Vec<Verdict>) {
    let findings = match visit_type.range_at(start) {
        Some(visit) => Findings::of(schedule, visit_type, visit),
        None => Findings {
            opening: false,
            grid: false,
            closure: true,
            holiday: true,
            time_off: true,
            source: None,
        },
    };
    let opened = match findings.source {
        Some(Source::Opening(_)) => "A one-off opening has room for the visit.",
        _ => "The weekly hours have room for the visit.",
    };
    let grid = match findings.opening {
        true => "The opening has its slots at other starts.",
        false => "Without an opening there is no slot.",
    };
    verdicts.extend([
        verdict("opening", findings.opening, opened, "No opening has room for the visit."),
        verdict("grid", findings.grid, "A slot of the opening starts at this time.", grid),
        verdict(
            "closure",
            findings.closure,
            "No closure stands in the way.",
            "The practice is closed at this time.",
        ),
        verdict(
            "public-holiday",
            findings.holiday,
            "No public holiday stands in the way.",
            "The opening starts on a public holiday.",
        ),
        verdict(
            "time-off",
            findings.time_off,
            "The practitioner is not away.",
            "The practitioner is away at this time.",
        ),
    ]);
}

fn policy(
    schedule: &Schedule,
    visit_type: &VisitType,
    start: Timestamp,
    now: Timestamp,
    verdicts: &mut Vec<Verdict>,
) {
    let (earliest, latest) = bounds(visit_type, now);
    let zone = schedule.location(schedule.default_location).map(|location| location.time_zone.clone());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let wall = |instant: Timestamp| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string();
    verdicts.push(Verdict {
        rule: "notice",
        passed: start >= earliest,
        detail: format!(
            "Visits are booked at least {} minutes ahead: from {} on.",
            visit_type.min_notice_minutes,
            wall(earliest)
        )
        .into(),
    });
    verdicts.push(Verdict {
        rule: "horizon",
        passed: start < latest,
        detail: format!(
            "Visits are booked at most {} days ahead: before {}.",
            visit_type.max_horizon_days,
            wall(latest)
        )
        .into(),
    });
}

fn timeline(visit_type: &VisitType, start: Timestamp, claims: &[Busy<'_>]) -> Verdict {
    let blocked = visit_type.blocked_at(start);
    let overlaps = |claim: &&Busy<'_>| blocked.is_some_and(|blocked| claim.range.overlaps(blocked));
    let mut kinds: Vec<&str> = claims.iter().filter(overlaps).map(|claim| claim.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let detail = match kinds.as_slice() {
        [] => Cow::Borrowed("Nothing else takes the time of the visit and its buffers."),
        kinds => format!("The time of the visit or of its buffers is taken: {}.", kinds.join(", ")).into(),
    };
    Verdict { rule: "claims", passed: kinds.is_empty(), detail }
}

fn verdict(rule: &'static str, passed: bool, pass: &'static str, fail: &'static str) -> Verdict {
    Verdict { rule, passed, detail: Cow::Borrowed(if passed { pass } else { fail }) }
}
