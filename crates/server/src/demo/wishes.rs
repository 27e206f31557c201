//! The demo's waiting list: a few wait for somebody who is full for weeks, and the guest is one of them.

use rendez_domain::availability::{VisitType, WhoMayBook};
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::WishId;

use super::world::{Demand, Ground, Practitioner};
use super::write::World;
use crate::bulk::dice::Dice;

/// How many wait; the guest, who is the first patient, is the last of them.
const WAITING: usize = 3;

/// The visit is for anybody, any day and hour, as long as the practitioner is full.
const LEAVE: &str = "
INSERT INTO wish (id, patient_id, ordinal, practitioner_id, visit_type_id, specialty, latitude, longitude, radius_km, weekdays,
    first_day, last_day, expires_at, asked_at, looked_at, likeness, created_at, updated_at)
SELECT $1, $2, 1, p.id, $4, p.specialty, l.latitude, l.longitude, 0, 127, t.today, t.today + $5::int,
    (t.today + $5::int + 1)::timestamp AT TIME ZONE l.time_zone, t.asked_at, rendez_now(), uuid_send($1), t.asked_at, t.asked_at
FROM practitioner p JOIN location l ON l.id = p.location_id
    CROSS JOIN LATERAL (SELECT (rendez_now() AT TIME ZONE l.time_zone)::date AS today, rendez_now() - make_interval(hours => $6) AS asked_at) t
WHERE p.id = $3";

/// Writes them, if anybody is full. Nothing else in the world depends on it.
pub(super) async fn write(
    tx: &Transaction<'_>,
    ground: &Ground,
    world: &World,
    dice: &Dice,
) -> Result<(), Fault> {
    let mut everybody = world.practices.iter().flat_map(|practice| &practice.practitioners);
    let Some((practitioner, visit_type, days)) = everybody.find_map(full) else { return Ok(()) };
    let line: Vec<_> = world.patients.iter().take(WAITING).rev().collect();
    for (place, patient) in line.iter().enumerate() {
        let id = WishId::new(ground.midnight, dice.entropy());
        let hours_ago = i32::try_from(20 * (WAITING - place)).unwrap_or(0);
        tx.execute(
            LEAVE,
            &[
                &id.uuid(),
                &patient.id.uuid(),
                &practitioner.schedule.practitioner.uuid(),
                &visit_type.id.uuid(),
                &days,
                &hours_ago,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Somebody who is full, what everybody may book of them, and for how many days it is worth waiting.
fn full(practitioner: &Practitioner) -> Option<(&Practitioner, &VisitType, i32)> {
    let Demand::FullFor(days) = practitioner.demand else { return None };
    let schedule = &practitioner.schedule;
    let plain = |known: &&VisitType| known.who_may_book == WhoMayBook::Anyone && known.room_kind.is_none();
    let visit_type = schedule.visit_types.iter().find(plain).filter(|_| schedule.accepts_new_patients)?;
    Some((practitioner, visit_type, i32::try_from(days - 2).ok()?))
}
