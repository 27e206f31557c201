//! What somebody offers: their specialty's usual visit types and some that many have, with policies that differ.

use rendez_domain::availability::{VisitType, WhoMayBook};
use rendez_domain::regions::{Pack, Specialty};
use rendez_vocab::ids::VisitTypeId;

use crate::bulk::dice::Dice;

/// Visit types that some practices of every specialty have: name, minutes, whether at a distance, chance in a hundred.
const FURTHER: [(&str, i32, bool, usize); 5] = [
    ("Première consultation", 30, false, 20),
    ("Consultation longue", 45, false, 18),
    ("Renouvellement d'ordonnance", 10, false, 15),
    ("Urgence du jour", 15, false, 12),
    ("Téléconsultation", 15, true, 14),
];
const MOST: usize = 6;

/// One to six visit types of 10 to 60 minutes. `id` makes the ids.
pub(super) fn draw(
    specialty: &Specialty,
    pack: &Pack,
    id: impl Fn() -> VisitTypeId,
    dice: &Dice,
) -> Vec<VisitType> {
    let policies = pack.policies();
    let notice = *dice.pick(&[0, 0, 60, 120, 240, count(policies.min_notice_minutes)]);
    let horizon = *dice.pick(&[60, 90, 180, 365]);
    let buffer = if dice.chance(10) { 5 } else { 0 };
    let stretch = *dice.pick(&[-5, 0, 0, 0, 5]);
    let separate = dice.chance(6);
    let usual = specialty
        .visit_types
        .iter()
        .filter(|template| !template.telehealth || dice.chance(45))
        .map(|template| (template.name(pack.default_locale()), template.minutes, template.telehealth));
    let mut offered: Vec<(&str, i32, bool)> = usual.collect();
    for (name, minutes, telehealth, percent) in FURTHER {
        let known = offered.iter().any(|offer| offer.0 == name || (telehealth && offer.2));
        if !known && dice.chance(percent) {
            offered.push((name, minutes, telehealth));
        }
    }
    offered.truncate(MOST);
    let visit_type = |(index, (name, minutes, telehealth)): (usize, (&str, i32, bool))| VisitType {
        id: id(),
        name: name.to_owned(),
        duration_minutes: count((minutes + stretch).clamp(10, 60)),
        buffer_before_minutes: 0,
        buffer_after_minutes: buffer,
        min_notice_minutes: notice,
        max_horizon_days: horizon,
        hold_minutes: count(policies.hold_minutes),
        telehealth,
        who_may_book: match index {
            0 if separate => WhoMayBook::New,
            1 if separate => WhoMayBook::Known,
            _ => WhoMayBook::Anyone,
        },
        room_kind: None,
        active: true,
    };
    offered.into_iter().enumerate().map(visit_type).collect()
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
