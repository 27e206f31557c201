//! What must hold in every database at every instant: the timeline, the appointments and their records agree.

use tokio_postgres::Client;

/// Proves it with one statement a rule.
///
/// # Panics
/// When a rule is broken; the message names it.
pub async fn check(client: &Client) {
    for (what, sql) in CHECKS {
        let wrong: i64 = client.query_one(*sql, &[]).await.expect(what).get(0);
        assert_eq!(wrong, 0, "{what}");
    }
}

const CHECKS: &[(&str, &str)] = &[
    (
        "opening hours and openings at a place where their practitioner does not work",
        "SELECT count(*) FROM (
            SELECT practitioner_id, location_id FROM opening_rule UNION SELECT practitioner_id, location_id FROM opening
         ) AS o JOIN practitioner p ON p.id = o.practitioner_id WHERE o.location_id <> p.location_id AND NOT EXISTS (
            SELECT FROM practitioner_location f WHERE f.practitioner_id = p.id AND f.location_id = o.location_id)",
    ),
    (
        "exclusive claims that overlap",
        "SELECT count(*) FROM claim a JOIN claim b ON a.calendar_id = b.calendar_id AND a.id < b.id AND a.exclusive AND b.exclusive
            AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
    (
        "live visits without a claim on the practitioner's calendar",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show') AND NOT EXISTS (
            SELECT FROM claim c WHERE c.calendar_id = a.practitioner_calendar AND c.owner_id = a.id)",
    ),
    (
        "live visits without a claim on the patient's calendar",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show') AND NOT EXISTS (
            SELECT FROM claim c WHERE c.calendar_id = a.patient_calendar AND c.starts_at = a.starts_at AND c.owner_id = a.id)",
    ),
    (
        "claims of visits that ended",
        "SELECT count(*) FROM claim c JOIN appointment a ON a.id = c.owner_id WHERE a.status IN ('cancelled', 'expired')",
    ),
    (
        "claims whose deadline contradicts the visit's state",
        "SELECT count(*) FROM claim c JOIN appointment a ON a.id = c.owner_id
         WHERE (a.status = 'held') <> (c.expires_at IS NOT NULL) OR (a.status = 'held' AND a.hold_expires_at <> c.expires_at)",
    ),
    (
        "holds without their row of the limit, or rows without their hold",
        "SELECT count(*) FROM (SELECT id FROM appointment WHERE status = 'held') a FULL JOIN hold h ON h.appointment_id = a.id
         WHERE a.id IS NULL OR h.appointment_id IS NULL",
    ),
    (
        "rooms that a live visit names but does not claim",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show') AND a.room_calendar IS NOT NULL
            AND NOT EXISTS (SELECT FROM claim c WHERE c.calendar_id = a.room_calendar AND c.owner_id = a.id)",
    ),
    (
        "claims that belong to nobody",
        "SELECT count(*) FROM claim c WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.id = c.owner_id)
            AND NOT (c.kind IN ('time-off', 'clinic') AND EXISTS (SELECT FROM practitioner p WHERE p.id = c.owner_id AND p.calendar_id = c.calendar_id))",
    ),
    (
        "claims of a visit on a calendar that is not its own",
        "SELECT count(*) FROM claim c JOIN appointment a ON a.id = c.owner_id
         WHERE c.calendar_id NOT IN (a.practitioner_calendar, a.patient_calendar, coalesce(a.room_calendar, 0))",
    ),
    (
        "visits whose audit has a hole: one row for each version",
        "SELECT count(*) FROM appointment a
         WHERE (SELECT array_agg(u.version ORDER BY u.id) FROM audit u WHERE u.subject_id = a.id) IS DISTINCT FROM
               (SELECT array_agg(v) FROM generate_series(1, a.version) v)",
    ),
    (
        "visits that followers never heard of",
        "SELECT count(*) FROM appointment a WHERE NOT EXISTS (SELECT FROM change c WHERE c.subject_id = a.id AND c.kind = 'claimed')",
    ),
    (
        "visits that ended without their time being released",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('cancelled', 'expired')
            AND NOT EXISTS (SELECT FROM change c WHERE c.subject_id = a.id AND c.kind = 'released')",
    ),
    (
        "stored answers about visits that do not exist",
        "SELECT count(*) FROM idempotency i WHERE i.answer_kind = 'appointment'
            AND NOT EXISTS (SELECT FROM appointment a WHERE a.id = (i.answer ->> 'id')::uuid)",
    ),
];
