-- Moves a visit to another slot, under the same id: its own time is freed first, and if the new one cannot be had the
-- whole statement is refused, so it stands exactly as before.
--  $1 appointment  $2 patient or null  $3 practitioner or null  $4 organizations or null: whose it must be
--  $5 version or null (If-Match)
--  $6 practitioner  $7 visit type  $8 start  $9 end  $10 blocked from  $11 blocked until  $12 schedule version
-- $13 location  $14 organization  $15 time zone  $16 notice minutes  $17 horizon days  $18 room kind  $19 who may book  $20 telehealth
-- $28 grace minutes
-- $21 actor $22 address $23 request id  $24 idempotency caller $25 route $26 key $27 fingerprint
WITH ask AS MATERIALIZED (
    SELECT a.*, p.calendar_id AS new_calendar, p.organization_id AS practitioner_organization, p.schedule_version, rendez_now() AS now,
           (SELECT h.kept_until FROM hold h WHERE h.patient_id = a.patient_id AND h.appointment_id = a.id) AS kept_until,
           pg_try_advisory_xact_lock(hashtextextended(a.patient_id::text, 1)) AS patient_is_free,
           ($26::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\n', $24::text, $25::text, $26::text), 2))) AS key_is_free
    FROM appointment a, practitioner p
    WHERE a.id = $1::uuid AND p.id = $6::uuid
      AND ($2::uuid IS NULL OR a.patient_id = $2::uuid OR acts_for($2::uuid, a.patient_id))
      AND ($3::uuid IS NULL OR a.practitioner_id = $3::uuid)
      AND ($4::uuid[] IS NULL OR a.organization_id = ANY ($4::uuid[]))
    -- The appointment before its claims, as everybody does.
    FOR UPDATE OF a
), verdict AS MATERIALIZED (
    SELECT ask.*,
           CASE
               WHEN NOT key_is_free THEN 'idempotency-key-in-use'
               WHEN $26::text IS NOT NULL AND EXISTS (
                   SELECT FROM idempotency i WHERE i.caller = $24::text AND i.route = $25::text AND i.key = $26::text) THEN 'replay'
               WHEN version <> $5::bigint THEN 'version-mismatch'
               WHEN status = 'expired' OR (status = 'held' AND hold_expires_at <= now) THEN 'hold-expired'
               WHEN status NOT IN ('held', 'booked') THEN 'wrong-status'
               WHEN starts_at <= now THEN 'already-started'
               WHEN NOT patient_is_free THEN 'busy'
               WHEN schedule_version <> $12::bigint THEN 'stale-schedule'
               WHEN practitioner_id = $6::uuid AND visit_type_id = $7::uuid AND starts_at = $8::timestamptz THEN 'same-slot'
               WHEN $8::timestamptz < now + make_interval(mins => $16::int) THEN 'too-soon'
               WHEN $8::timestamptz >= now + make_interval(hours => 24 * $17::int) THEN 'too-far'
               WHEN $19::text <> 'anyone' AND (practitioner_id, visit_type_id) IS DISTINCT FROM ($6::uuid, $7::uuid) AND ($19::text = 'known') <> EXISTS (
                   SELECT FROM appointment b WHERE b.patient_id = ask.patient_id AND b.practitioner_id = $6::uuid
                   AND b.status IN ('booked', 'arrived', 'fulfilled') AND b.starts_at < now) THEN $19::text || '-patients-only'
               -- Nor may they move a visit to where they could not book one.
               WHEN split_part($21::text, ':', 1) IN ('patient', 'system') AND EXISTS (
                   SELECT FROM patient_block b WHERE b.patient_id = ask.patient_id
                   AND b.organization_id IN ($14::uuid, practitioner_organization)) THEN 'blocked-by-practice'
               -- A look before anything is given up: racers that swap are both refused instead of waiting for each other.
               WHEN EXISTS (SELECT FROM claim c WHERE c.calendar_id = new_calendar AND c.exclusive AND c.owner_id <> ask.id
                            AND tstzrange(c.starts_at, c.ends_at) && tstzrange($10::timestamptz, $11::timestamptz)) THEN 'slot-taken'
               WHEN EXISTS (SELECT FROM claim c WHERE c.calendar_id = new_calendar AND NOT c.exclusive AND c.owner_id <> ask.id
                            AND c.starts_at > $10::timestamptz - interval '24 hours' AND c.starts_at < $11::timestamptz
                            AND c.ends_at > $10::timestamptz) THEN 'slot-taken'
               ELSE 'go'
           END AS outcome
    FROM ask
), freed AS (
    DELETE FROM claim c
    USING verdict v
    WHERE v.outcome = 'go' AND c.owner_id = v.id
      AND c.calendar_id IN (v.practitioner_calendar, v.patient_calendar, v.room_calendar)
      AND c.starts_at >= v.claim_starts_at AND c.starts_at < v.claim_ends_at
    RETURNING c.calendar_id, c.starts_at, c.ends_at, c.kind, c.expires_at, c.exclusive
), own AS (
    -- Everything below waits for this, so the old time is free before the new one is asked for.
    SELECT max(kind) FILTER (WHERE kind IN ('hold', 'appointment')) AS kind, max(expires_at) AS expires_at, count(*) AS claims FROM freed
), practitioner_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT v.new_calendar, $10::timestamptz, $11::timestamptz, coalesce(own.kind, 'appointment'), v.id,
           -- A hold keeps its deadline, but never past what the new start's notice allows.
           CASE WHEN v.status = 'held' THEN least(coalesce(v.kept_until, own.expires_at), $8::timestamptz - make_interval(mins => $16::int - $28::int)) END
    FROM verdict v, own WHERE v.outcome = 'go' AND own.claims > 0
    ON CONFLICT DO NOTHING
    RETURNING kind, expires_at
), chosen_room AS (
    SELECT r.id, r.calendar_id FROM practitioner_claim, verdict v, room r
    WHERE $18::text IS NOT NULL AND r.location_id = $13::uuid AND r.kind = $18::text AND r.active
      AND NOT EXISTS (SELECT FROM claim c WHERE c.calendar_id = r.calendar_id AND c.exclusive AND c.owner_id <> v.id
                      AND tstzrange(c.starts_at, c.ends_at) && tstzrange($10::timestamptz, $11::timestamptz))
    ORDER BY hashtextextended(r.id::text || $1::text, 0) LIMIT 1
), room_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT r.calendar_id, $10::timestamptz, $11::timestamptz, p.kind, $1::uuid, p.expires_at FROM chosen_room r, practitioner_claim p
    ON CONFLICT DO NOTHING
    RETURNING calendar_id
), resources AS (
    SELECT p.kind, p.expires_at, r.calendar_id AS room_calendar, c.id AS room_id
    FROM practitioner_claim p LEFT JOIN room_claim r ON true LEFT JOIN chosen_room c ON c.calendar_id = r.calendar_id
    WHERE $18::text IS NULL OR r.calendar_id IS NOT NULL
), patient_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT v.patient_calendar, $8::timestamptz, $9::timestamptz, r.kind, v.id, r.expires_at FROM verdict v, resources r
    ON CONFLICT DO NOTHING
    RETURNING calendar_id
), moved AS (
    UPDATE appointment a
    SET practitioner_id = $6::uuid, visit_type_id = $7::uuid, organization_id = $14::uuid, location_id = $13::uuid, room_id = r.room_id,
        starts_at = $8::timestamptz, ends_at = $9::timestamptz, time_zone = $15::text, telehealth = $20::boolean, overbook_reason = NULL,
        policy_version = v.schedule_version, version = a.version + 1, updated_at = v.now,
        hold_expires_at = r.expires_at,
        practitioner_calendar = v.new_calendar, room_calendar = r.room_calendar,
        claim_starts_at = $10::timestamptz, claim_ends_at = $11::timestamptz
    FROM verdict v, resources r, patient_claim
    WHERE a.id = v.id AND a.version = v.version AND a.status = v.status
    RETURNING a.*
), deadline AS (
    UPDATE hold h SET expires_at = m.hold_expires_at, kept_until = NULL FROM moved m
    WHERE m.status = 'held' AND h.patient_id = m.patient_id AND h.appointment_id = m.id
), kept_away AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT f.calendar_id, lower(away.range), upper(away.range), 'time-off', v.practitioner_id
    FROM moved, verdict v
    JOIN freed f ON f.calendar_id = v.practitioner_calendar AND f.exclusive
    CROSS JOIN LATERAL (
        SELECT unnest(range_agg(tstzrange(t.starts_at, t.ends_at)) * tstzmultirange(tstzrange(f.starts_at, f.ends_at))) AS range
        FROM time_off t WHERE t.practitioner_id = v.practitioner_id AND t.ends_at > f.starts_at AND t.starts_at < f.ends_at
    ) away
    ON CONFLICT DO NOTHING
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT 'released', v.practitioner_id, v.id, v.claim_starts_at, v.claim_ends_at, '{"status":"moved"}'::jsonb FROM moved, verdict v
    UNION ALL
    SELECT 'claimed', practitioner_id, id, claim_starts_at, claim_ends_at, '{"status":"moved"}'::jsonb FROM moved
), mailed AS (
    INSERT INTO job (kind, payload)
    SELECT 'mail.moved', jsonb_build_object('appointment', m.id, 'version', m.version)
    FROM moved m JOIN patient x ON x.id = m.patient_id WHERE m.status = 'booked' AND (x.email IS NOT NULL OR is_cared_for(x.id))
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id, detail)
    SELECT m.updated_at, $21::text, 'appointment.reschedule', m.id, m.version, $22::text::inet, $23::text, m.organization_id,
           jsonb_build_object('from', v.starts_at, 'from_practitioner', v.practitioner_id,
                              'to', m.starts_at, 'to_practitioner', m.practitioner_id)
    FROM moved m, verdict v
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $24::text, $25::text, $26::text, $27::bytea, 200, 'appointment', to_jsonb(moved) FROM moved WHERE $26::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT CASE
           WHEN verdict.outcome <> 'go' THEN verdict.outcome
           WHEN NOT EXISTS (SELECT FROM practitioner_claim) THEN
               CASE WHEN (SELECT claims FROM own) = 0 THEN 'busy' ELSE rendez_refuse('slot-taken')::text END
           WHEN NOT EXISTS (SELECT FROM resources) THEN rendez_refuse(
               CASE WHEN EXISTS (SELECT FROM chosen_room) THEN 'busy' ELSE 'no-room-free' END)::text
           WHEN NOT EXISTS (SELECT FROM patient_claim) THEN rendez_refuse('patient-overlap')::text
           WHEN NOT EXISTS (SELECT FROM moved) THEN rendez_refuse('busy')::text
           WHEN $26::text IS NOT NULL AND NOT EXISTS (SELECT FROM remembered) THEN rendez_refuse('busy')::text
           ELSE 'done'
       END AS outcome,
       (SELECT to_jsonb(moved) FROM moved) AS appointment
FROM verdict
