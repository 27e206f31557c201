//! What a change would do, as pages show it: slots by day, and the booked visits that it concerns.

use std::collections::HashMap;

use rendez_domain::booking::{SchedulePreview, Why};
use rendez_domain::directory::{self, Practitioner};
use rendez_vocab::ids::{PatientId, VisitTypeId};

use crate::pages::error::PageError;
use crate::pages::visitor::Visitor;
use crate::pages::when;

/// Visits that are listed; of more only the number is told.
const LISTED: usize = 50;

/// The whole of it, for `schedule_preview.html`.
pub(super) struct PreviewView {
    pub(super) before: String,
    pub(super) after: String,
    pub(super) days: Vec<DayView>,
    /// `preview-struck` with its number.
    pub(super) heading: String,
    pub(super) struck: Vec<StruckView>,
    /// How many more there are.
    pub(super) more: String,
    /// What the practice can do about them.
    pub(super) advice: String,
    /// The practice's zone, if it is not the region's own.
    pub(super) zone: String,
}

/// A day of the next two weeks.
pub(super) struct DayView {
    pub(super) date: String,
    pub(super) count: String,
    /// How that differs from now: `+4`, `−2`, or empty.
    pub(super) change: String,
    pub(super) kind: &'static str,
    /// Each visit type with its times.
    pub(super) times: Vec<(String, Vec<String>)>,
}

/// A visit that the change concerns.
pub(super) struct StruckView {
    pub(super) href: String,
    pub(super) when: String,
    pub(super) patient: String,
    pub(super) visit_type: String,
    pub(super) why: String,
}

impl PreviewView {
    /// The view of a preview; `added` names visit types that the practitioner does not have yet.
    pub(super) async fn new(
        visitor: &Visitor,
        person: &Practitioner,
        preview: &SchedulePreview,
        added: &[(VisitTypeId, String)],
    ) -> Result<Self, PageError> {
        let zone = when::zone_named(&preview.time_zone);
        let names: HashMap<VisitTypeId, &str> = person
            .visit_types
            .iter()
            .map(|known| (known.id, known.name.as_str()))
            .chain(added.iter().map(|(id, name)| (*id, name.as_str())))
            .collect();
        let page = visitor.page();
        let slots = |count: usize| page.tn("preview-slots", "count", count);
        let sum = |each: fn(&rendez_domain::booking::DayOfSlots) -> usize| {
            preview.days.iter().map(each).sum::<usize>()
        };
        let days = preview
            .days
            .iter()
            .map(|day| {
                let (change, kind) = match day.after.cmp(&day.before) {
                    std::cmp::Ordering::Less => (format!("−{}", day.before - day.after), "warn"),
                    std::cmp::Ordering::Equal => (String::new(), ""),
                    std::cmp::Ordering::Greater => (format!("+{}", day.after - day.before), "good"),
                };
                let clock = |at: &jiff::Timestamp| when::clock(zone.to_datetime(*at).time());
                let times = day.starts.iter().map(|(visit_type, starts)| {
                    let name = names.get(visit_type).copied().unwrap_or_default().to_owned();
                    (name, starts.iter().map(clock).collect())
                });
                DayView {
                    date: when::date_short(visitor.locale, day.date),
                    count: slots(day.after),
                    change,
                    kind,
                    times: times.collect(),
                }
            })
            .collect();
        let listed = &preview.struck[..preview.struck.len().min(LISTED)];
        let mut ids: Vec<PatientId> = listed.iter().map(|visit| visit.patient).collect();
        ids.sort_unstable();
        ids.dedup();
        let patients: HashMap<PatientId, String> = directory::patients_by_id(&visitor.ctx, &ids)
            .await?
            .into_iter()
            .map(|known| (known.id, format!("{} {}", known.given_name, known.family_name)))
            .collect();
        let struck = listed
            .iter()
            .map(|visit| StruckView {
                href: format!("/appointments/{}", visit.id),
                when: when::moment(visitor.locale, &when::on_clock_of(&visit.time_zone, visit.range.start())),
                patient: patients.get(&visit.patient).cloned().unwrap_or_default(),
                visit_type: names.get(&visit.visit_type).copied().unwrap_or_default().to_owned(),
                why: why(visitor, visit.why),
            })
            .collect();
        let kept = preview.struck.first().is_some_and(|visit| visit.why == Why::Kept);
        let (heading, advice) = match (preview.struck.is_empty(), kept) {
            (true, _) => ("preview-none-struck", ""),
            (false, true) => ("preview-kept", "preview-kept-text"),
            (false, false) => ("preview-struck", "preview-struck-text"),
        };
        let more = preview.struck.len() - listed.len();
        Ok(Self {
            before: slots(sum(|day| day.before)),
            after: slots(sum(|day| day.after)),
            days,
            heading: page.tn(heading, "count", preview.struck.len()),
            struck,
            more: if more == 0 { String::new() } else { page.tn("preview-more", "count", more) },
            advice: if advice.is_empty() { String::new() } else { visitor.t(advice) },
            zone: when::zone_name(&preview.time_zone, visitor.ctx.pack.time_zone_name()),
        })
    }
}

fn why(visitor: &Visitor, why: Why) -> String {
    let key = match why {
        Why::Outside => "preview-why-outside",
        Why::Closed => "preview-why-closed",
        Why::Holiday => "preview-why-holiday",
        Why::Away => "preview-why-away",
        Why::Elsewhere => "preview-why-elsewhere",
        Why::NotOffered => "preview-why-not-offered",
        Why::Kept => return String::new(),
    };
    visitor.t(key)
}
