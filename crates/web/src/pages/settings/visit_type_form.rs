//! The form of one visit type.

use rendez_domain::availability::{VisitType, WhoMayBook};
use rendez_domain::directory::NewVisitType;
use sha2::{Digest, Sha256};

use crate::pages::fields::{Choice, Field, wrongs};
use crate::pages::visitor::Visitor;

/// Its fields, in two parts.
pub(super) struct VisitTypeForm {
    pub(super) main: Vec<Field>,
    /// When it can be booked and by whom.
    pub(super) rules: Vec<Field>,
}

/// How each field reads in a visit type.
fn value_in(known: &NewVisitType, name: &str) -> String {
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    match name {
        "name" => known.name.clone(),
        "duration" => known.duration_minutes.to_string(),
        "before" => known.buffer_before_minutes.to_string(),
        "after" => known.buffer_after_minutes.to_string(),
        "notice" => known.min_notice_minutes.to_string(),
        "horizon" => known.max_horizon_days.to_string(),
        "hold" => known.hold_minutes.to_string(),
        "telehealth" => yes(known.telehealth),
        "active" => yes(known.active),
        "who" => known.who_may_book.as_str().to_owned(),
        "room" => known.room_kind.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// A visit type as commands take it.
pub(super) fn changeable(known: &VisitType) -> NewVisitType {
    NewVisitType {
        name: known.name.clone(),
        duration_minutes: known.duration_minutes,
        buffer_before_minutes: known.buffer_before_minutes,
        buffer_after_minutes: known.buffer_after_minutes,
        min_notice_minutes: known.min_notice_minutes,
        max_horizon_days: known.max_horizon_days,
        hold_minutes: known.hold_minutes,
        telehealth: known.telehealth,
        who_may_book: known.who_may_book,
        room_kind: known.room_kind.clone(),
        active: known.active,
    }
}

impl VisitTypeForm {
    /// The form of a visit type as it stands.
    pub(super) fn stored(visitor: &Visitor, known: &NewVisitType) -> Self {
        Self::new(visitor, |name| value_in(known, name))
    }

    /// The form with these values.
    pub(super) fn new(visitor: &Visitor, value: impl Fn(&str) -> String) -> Self {
        let t = |key: &str| visitor.t(key);
        let number = |name: &'static str, label: &str, hint: &str, least: u32, most: u32| {
            let hint = if hint.is_empty() { String::new() } else { visitor.t(hint) };
            Field::new("number", name, visitor.t(label), value(name))
                .within(least, most)
                .hint(hint)
                .required()
        };
        let who = [WhoMayBook::Anyone, WhoMayBook::New, WhoMayBook::Known]
            .map(|who| Choice::new(who.as_str(), visitor.t(&format!("visit-type-who-{}", who.as_str()))));
        Self {
            main: vec![
                Field::new("text", "name", t("visit-type-name"), value("name")).required().at_most(200),
                number("duration", "visit-type-duration", "", 1, 1440),
                number("before", "visit-type-before", "visit-type-before-hint", 0, 480),
                number("after", "visit-type-after", "visit-type-after-hint", 0, 480),
                Field::new("check", "telehealth", t("visit-type-telehealth"), value("telehealth")),
                Field::new("check", "active", t("visit-type-active"), value("active")),
            ],
            rules: vec![
                Field::new("select", "who", t("visit-type-who"), value("who")).one_of(who.to_vec()),
                number("notice", "visit-type-notice", "visit-type-notice-hint", 0, 525_600),
                number("horizon", "visit-type-horizon", "", 1, 1095),
                number("hold", "visit-type-hold", "visit-type-hold-hint", 1, 1440),
                Field::new("text", "room", t("visit-type-room"), value("room"))
                    .at_most(40)
                    .hint(t("visit-type-room-hint")),
            ],
        }
    }

    /// Judges every field; the visit type if all are right.
    pub(super) fn read(&mut self, visitor: &Visitor) -> Option<NewVisitType> {
        let [name, duration, before, after, telehealth, active] = self.main.as_mut_slice() else {
            return None;
        };
        let [who, notice, horizon, hold, room] = self.rules.as_mut_slice() else { return None };
        let who_may_book = WhoMayBook::named(&who.value);
        if who_may_book.is_none() {
            who.refuse(visitor.t("wrong-choice"));
        }
        let room_kind = room.text(visitor);
        if room_kind.as_deref().is_some_and(|kind| !is_kind(kind)) {
            room.refuse(visitor.t("wrong-room"));
        }
        // Each is judged, whatever the others say.
        let (title, minutes) = (name.text(visitor), duration.number(visitor));
        let (before, after) = (before.number(visitor), after.number(visitor));
        let (notice, horizon, hold) = (notice.number(visitor), horizon.number(visitor), hold.number(visitor));
        let (telehealth, active) = (telehealth.value == "yes", active.value == "yes");
        if self.main.iter().chain(&self.rules).any(|field| field.wrong.is_some()) {
            return None;
        }
        Some(NewVisitType {
            name: title?,
            duration_minutes: minutes?,
            buffer_before_minutes: before?,
            buffer_after_minutes: after?,
            min_notice_minutes: notice?,
            max_horizon_days: horizon?,
            hold_minutes: hold?,
            telehealth,
            who_may_book: who_may_book?,
            room_kind,
            active,
        })
    }

    /// What is wrong, by the field's id.
    pub(super) fn wrongs(&self) -> Vec<(String, String)> {
        wrongs(self.main.iter().chain(&self.rules))
    }

    /// Tells this very content from every other.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for field in self.main.iter().chain(&self.rules) {
            digest.update((field.value.len() as u64).to_be_bytes());
            digest.update(&field.value);
        }
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// As the database has kinds of rooms: kebab-case.
fn is_kind(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_room_is_written_in_small_letters() {
        assert!(is_kind("echo-2") && is_kind("x"));
        for wrong in ["", "Echo", "2x", "écho", "a b", "-a"] {
            assert!(!is_kind(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_visit_type_reads_in_its_form_as_it_stands() {
        let known = NewVisitType { active: false, room_kind: Some("echo".into()), ..NewVisitType::default() };
        assert_eq!(value_in(&known, "duration"), "15");
        assert_eq!((value_in(&known, "active").as_str(), value_in(&known, "room").as_str()), ("", "echo"));
    }
}
