//! What the demo's practitioners offer: their specialty's usual visit types, with policies that differ.

use rendez_domain::availability::{VisitType, WhoMayBook};
use rendez_domain::regions::{Specialty, VisitTypeTemplate};
use rendez_vocab::ids::VisitTypeId;

use super::world::Ground;
use crate::bulk::dice::Dice;

/// Visits that need a room or device: specialty, English name of the visit type, kind and name of the room.
const ROOMS: [(&str, &str, &str, &str); 5] = [
    ("general-practice", "Vaccination", "treatment", "Salle de soins"),
    ("radiology", "MRI scan", "mri", "IRM"),
    ("radiology", "Mammography", "mammography", "Mammographe"),
    ("cardiology", "Stress test", "stress-test", "Salle d'effort"),
    ("gynaecology", "Pregnancy scan", "ultrasound", "Échographe"),
];

/// A practitioner's visit types, in the order in which patients see them. `plain` keeps them as the pack has them, so that
/// everybody may book each.
pub(super) fn draw(specialty: &Specialty, plain: bool, ground: &Ground, dice: &Dice) -> Vec<VisitType> {
    let policies = ground.pack.policies();
    // Short notice lets whoever tries the demo book a visit of today or tomorrow.
    let short_notice = dice.chance(14).then(|| *dice.pick(&[0, 30, 60, 120]));
    let horizon = *dice.pick(&[365, 365, 365, 180, 90]);
    let buffer = if dice.chance(12) { 5 } else { 0 };
    let separate = !plain && dice.chance(15);
    let at_a_distance = plain || dice.chance(55);
    specialty
        .visit_types
        .iter()
        .filter(|template| at_a_distance || !template.telehealth)
        .map(|template| VisitType {
            id: VisitTypeId::new(ground.midnight, dice.entropy()),
            name: template.name(ground.pack.default_locale()).to_owned(),
            duration_minutes: count(template.minutes),
            buffer_before_minutes: 0,
            buffer_after_minutes: buffer,
            min_notice_minutes: short_notice.unwrap_or_else(|| {
                if template.telehealth && dice.chance(40) { 60 } else { count(policies.min_notice_minutes) }
            }),
            max_horizon_days: horizon.min(count(policies.max_horizon_days)),
            hold_minutes: count(policies.hold_minutes),
            telehealth: template.telehealth,
            who_may_book: if separate { audience(template) } else { WhoMayBook::Anyone },
            room_kind: room(specialty, template).map(|(kind, _)| kind.to_owned()),
            active: true,
        })
        .collect()
}

/// Kind and name of each room that some visit of the specialty needs.
pub(super) fn rooms(specialty: &Specialty) -> impl Iterator<Item = (&'static str, &'static str)> {
    specialty.visit_types.iter().filter_map(|template| room(specialty, template))
}

fn room(specialty: &Specialty, template: &VisitTypeTemplate) -> Option<(&'static str, &'static str)> {
    let needs =
        |(code, name, ..): &&(&str, &str, _, _)| *code == specialty.code && *name == template.name("en");
    ROOMS.iter().find(needs).map(|(_, _, kind, name)| (*kind, *name))
}

fn audience(template: &VisitTypeTemplate) -> WhoMayBook {
    match template.name("en") {
        name if name.starts_with("First") => WhoMayBook::New,
        name if name.starts_with("Follow-up") => WhoMayBook::Known,
        _ => WhoMayBook::Anyone,
    }
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
