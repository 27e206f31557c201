//! Why a time is offered to patients or not, and whether the desk may use it: rule by rule, in words.

use jiff::Timestamp;
use rendez_domain::availability::VisitType;
use rendez_domain::booking;
use rendez_domain::directory::Practitioner;

use super::super::error::PageError;
use super::super::visitor::Visitor;

/// Rules made for patients: the desk is free of them.
const FOR_PATIENTS: [&str; 3] = ["grid", "notice", "horizon"];

/// A rule's word.
pub(super) struct Line {
    pub(super) passed: bool,
    pub(super) text: String,
}

/// What stands for and against a time.
#[derive(Default)]
pub(super) struct Why {
    pub(super) lines: Vec<Line>,
    /// Patients can book it now.
    pub(super) offered: bool,
    /// What keeps the desk itself from it; empty if nothing does.
    pub(super) against: Vec<String>,
}

/// Judges a visit that would begin at `start`.
pub(super) async fn judge(
    visitor: &Visitor,
    person: &Practitioner,
    visit_type: &VisitType,
    start: Timestamp,
) -> Result<Why, PageError> {
    let explained = booking::explain(&visitor.ctx, person.id, visit_type.id, start).await?;
    let mut why = Why { offered: explained.offered, ..Why::default() };
    for verdict in explained.verdicts {
        let text = text(visitor, verdict.rule, verdict.passed, visit_type);
        if !verdict.passed && !FOR_PATIENTS.contains(&verdict.rule) {
            why.against.push(text.clone());
        }
        why.lines.push(Line { passed: verdict.passed, text });
    }
    if start < explained.as_of {
        why.against.push(visitor.t("agenda-no-past"));
    }
    Ok(why)
}

fn text(visitor: &Visitor, rule: &str, passed: bool, visit_type: &VisitType) -> String {
    let key = match (rule, passed) {
        ("practitioner-active", true) => "why-practitioner-yes",
        ("practitioner-active", false) => "why-practitioner-no",
        ("visit-type-active", true) => "why-visit-type-yes",
        ("visit-type-active", false) => "why-visit-type-no",
        ("opening", true) => "why-opening-yes",
        ("opening", false) => "why-opening-no",
        ("grid", true) => "why-grid-yes",
        ("grid", false) => "why-grid-no",
        ("closure", true) => "why-closure-yes",
        ("closure", false) => "why-closure-no",
        ("public-holiday", true) => "why-holiday-yes",
        ("public-holiday", false) => "why-holiday-no",
        ("time-off", true) => "why-away-yes",
        ("time-off", false) => "why-away-no",
        ("notice", true) => "why-notice-yes",
        ("notice", false) => "why-notice-no",
        ("horizon", true) => "why-horizon-yes",
        ("horizon", false) => "why-horizon-no",
        ("room", true) => "why-room-yes",
        ("room", false) => "why-room-no",
        (_, true) => "why-claims-yes",
        (_, false) => "why-claims-no",
    };
    visitor.locale.text_with(
        key,
        [("minutes", visit_type.min_notice_minutes.into()), ("days", visit_type.max_horizon_days.into())],
    )
}

#[cfg(test)]
mod tests {
    use crate::i18n::Locale;

    #[test]
    fn every_rule_has_its_words() {
        let source = include_str!("why.rs");
        for locale in Locale::ALL {
            for key in source.split('"').filter(|part| {
                part.starts_with("why-") && part.ends_with(|last: char| last.is_ascii_lowercase())
            }) {
                let text = locale.text_with(key, [("minutes", 60.into()), ("days", 30.into())]);
                assert!(!text.contains(key) && text.len() > 10, "{}: {key}: {text}", locale.tag());
            }
        }
    }
}
