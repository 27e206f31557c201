-- Takes a slot for a patient until a deadline: practitioner, room if the visit needs one, patient; or nothing.
-- One statement, one transaction. Claims are taken in the order practitioner, room, patient by everybody.
--  $1 appointment   $2 practitioner  $3 visit type    $4 start     $5 end      $6 blocked from  $7 blocked until
--  $8 schedule version               $9 patient       $10 location $11 organization             $12 time zone
-- $13 hold minutes  $14 notice minutes $15 horizon days $16 holds at most      $17 grace minutes
-- $18 reason        $19 room kind    $20 who may book $21 telehealth
-- $22 actor         $23 address      $24 request id   $25 idempotency caller   $26 route $27 key $28 fingerprint
WITH ask AS MATERIALIZED (
    SELECT p.calendar_id AS practitioner_calendar,
           p.organization_id AS practitioner_organization,
           x.calendar_id AS patient_calendar,
           p.schedule_version,
           rendez_now() AS now,
           rendez_now() + make_interval(mins => $14::int) AS earliest,
           least(rendez_now() + make_interval(mins => $13::int), $4::timestamptz - make_interval(mins => $14::int - $17::int)) AS deadline,
           pg_try_advisory_xact_lock(hashtextextended(x.id::text, 1)) AS patient_is_free,
           ($27::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\n', $25::text, $26::text, $27::text), 2))) AS key_is_free,
           (SELECT min(o) FROM generate_series(1, $16::int) o
            WHERE NOT EXISTS (SELECT FROM hold h WHERE h.patient_id = x.id AND h.ordinal = o)) AS ordinal
    FROM practitioner p, patient x
    WHERE p.id = $2::uuid AND x.id = $9::uuid
), verdict AS MATERIALIZED (
    SELECT ask.*,
           CASE
               WHEN NOT key_is_free THEN 'idempotency-key-in-use'
               WHEN $27::text IS NOT NULL AND EXISTS (
                   SELECT FROM idempotency i WHERE i.caller = $25::text AND i.route = $26::text AND i.key = $27::text) THEN 'replay'
               WHEN NOT patient_is_free THEN 'busy'
               WHEN schedule_version <> $8::bigint THEN 'stale-schedule'
               WHEN $4::timestamptz < earliest THEN 'too-soon'
               WHEN $4::timestamptz >= now + make_interval(hours => 24 * $15::int) THEN 'too-far'
               WHEN $20::text <> 'anyone' AND ($20::text = 'known') <> EXISTS (
                   SELECT FROM appointment a WHERE a.patient_id = $9::uuid AND a.practitioner_id = $2::uuid
                   AND a.status IN ('booked', 'arrived', 'fulfilled') AND a.starts_at < now) THEN $20::text || '-patients-only'
               -- Whom the practice asks to call may not book online, nor is offered a time by the waiting list; its staff may book for them.
               WHEN split_part($22::text, ':', 1) IN ('patient', 'system', 'server') AND EXISTS (
                   SELECT FROM patient_block b WHERE b.patient_id = $9::uuid
                   AND b.organization_id IN ($11::uuid, practitioner_organization)) THEN 'blocked-by-practice'
               WHEN ordinal IS NULL THEN 'too-many-holds'
               -- What the desk put over another excludes nobody, and the other may be gone by now. No visit is longer than a day.
               WHEN EXISTS (SELECT FROM claim c WHERE c.calendar_id = practitioner_calendar AND NOT c.exclusive
                            AND c.starts_at > $6::timestamptz - interval '24 hours' AND c.starts_at < $7::timestamptz
                            AND c.ends_at > $6::timestamptz) THEN 'slot-taken'
               ELSE 'go'
           END AS outcome
    FROM ask
), practitioner_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT practitioner_calendar, $6::timestamptz, $7::timestamptz, 'hold', $1::uuid, deadline FROM verdict WHERE outcome = 'go'
    ON CONFLICT DO NOTHING
    RETURNING expires_at
), chosen_room AS (
    SELECT r.id, r.calendar_id FROM practitioner_claim, room r
    WHERE $19::text IS NOT NULL AND r.location_id = $10::uuid AND r.kind = $19::text AND r.active
      AND NOT EXISTS (SELECT FROM claim c WHERE c.calendar_id = r.calendar_id AND c.exclusive
                      AND tstzrange(c.starts_at, c.ends_at) && tstzrange($6::timestamptz, $7::timestamptz))
    -- Racers spread over the rooms.
    ORDER BY hashtextextended(r.id::text || $1::text, 0) LIMIT 1
), room_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT chosen_room.calendar_id, $6::timestamptz, $7::timestamptz, 'hold', $1::uuid, practitioner_claim.expires_at
    FROM chosen_room, practitioner_claim
    ON CONFLICT DO NOTHING
    RETURNING calendar_id
), resources AS (
    SELECT p.expires_at, r.calendar_id AS room_calendar, c.id AS room_id
    FROM practitioner_claim p LEFT JOIN room_claim r ON true LEFT JOIN chosen_room c ON c.calendar_id = r.calendar_id
    WHERE $19::text IS NULL OR r.calendar_id IS NOT NULL
), patient_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT verdict.patient_calendar, $4::timestamptz, $5::timestamptz, 'hold', $1::uuid, resources.expires_at FROM verdict, resources
    ON CONFLICT DO NOTHING
    RETURNING calendar_id
), held AS (
    INSERT INTO appointment (id, patient_id, practitioner_id, organization_id, location_id, visit_type_id, room_id, starts_at, ends_at,
        time_zone, status, hold_expires_at, reason, telehealth, policy_version, created_at, updated_at,
        practitioner_calendar, patient_calendar, room_calendar, claim_starts_at, claim_ends_at)
    SELECT $1::uuid, $9::uuid, $2::uuid, $11::uuid, $10::uuid, $3::uuid, r.room_id, $4::timestamptz, $5::timestamptz,
        $12::text, 'held', r.expires_at, $18::text, $21::boolean, v.schedule_version, v.now, v.now,
        v.practitioner_calendar, v.patient_calendar, r.room_calendar, $6::timestamptz, $7::timestamptz
    FROM verdict v, resources r, patient_claim
    RETURNING *
), deadline AS (
    INSERT INTO hold (patient_id, ordinal, appointment_id, expires_at)
    SELECT held.patient_id, verdict.ordinal, held.id, held.hold_expires_at FROM held, verdict
    ON CONFLICT DO NOTHING
    RETURNING appointment_id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at)
    SELECT 'claimed', practitioner_id, id, claim_starts_at, claim_ends_at FROM held
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT created_at, $22::text, 'appointment.hold', id, version, $23::text::inet, $24::text, organization_id FROM held
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $25::text, $26::text, $27::text, $28::bytea, 201, 'appointment', to_jsonb(held) FROM held WHERE $27::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT CASE
           WHEN verdict.outcome <> 'go' THEN verdict.outcome
           WHEN NOT EXISTS (SELECT FROM practitioner_claim) THEN 'slot-taken'
           WHEN NOT EXISTS (SELECT FROM resources) THEN rendez_refuse(
               CASE WHEN EXISTS (SELECT FROM chosen_room) THEN 'busy' ELSE 'no-room-free' END)::text
           WHEN NOT EXISTS (SELECT FROM patient_claim) THEN rendez_refuse('patient-overlap')::text
           WHEN NOT EXISTS (SELECT FROM deadline) THEN rendez_refuse('busy')::text
           WHEN $27::text IS NOT NULL AND NOT EXISTS (SELECT FROM remembered) THEN rendez_refuse('busy')::text
           ELSE 'done'
       END AS outcome,
       (SELECT to_jsonb(held) FROM held) AS appointment
FROM verdict
