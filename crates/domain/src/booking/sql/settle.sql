-- Ends a visit or marks its progress: cancelled, arrived, fulfilled, no-show. A cancelled visit gives its time back,
-- but not to patients where the practitioner has meanwhile taken time off.
--  $1 appointment  $2 patient or null  $3 practitioner or null  $4 organizations or null: whose it must be
--  $5 version or null (If-Match)  $6 new status  $7 statuses it may come from  $8 reason or null  $9 whether the start must lie ahead
-- $10 actor $11 address $12 request id  $13 idempotency caller $14 route $15 key $16 fingerprint
-- $17 how many minutes before the start it may be at the earliest, or null
WITH ask AS MATERIALIZED (
    SELECT a.id, a.version, a.status, a.starts_at, a.hold_expires_at, rendez_now() AS now,
           ($15::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\n', $13::text, $14::text, $15::text), 2))) AS key_is_free
    FROM appointment a
    WHERE a.id = $1::uuid
      AND ($2::uuid IS NULL OR a.patient_id = $2::uuid OR acts_for($2::uuid, a.patient_id))
      AND ($3::uuid IS NULL OR a.practitioner_id = $3::uuid)
      AND ($4::uuid[] IS NULL OR a.organization_id = ANY ($4::uuid[]))
), verdict AS MATERIALIZED (
    SELECT ask.*,
           CASE
               WHEN NOT key_is_free THEN 'idempotency-key-in-use'
               WHEN $15::text IS NOT NULL AND EXISTS (
                   SELECT FROM idempotency i WHERE i.caller = $13::text AND i.route = $14::text AND i.key = $15::text) THEN 'replay'
               WHEN version <> $5::bigint THEN 'version-mismatch'
               WHEN status = 'expired' OR (status = 'held' AND hold_expires_at <= now) THEN 'hold-expired'
               WHEN status = $6::text THEN 'already-' || status
               WHEN NOT status = ANY ($7::text[]) THEN 'wrong-status'
               WHEN $9::boolean AND starts_at <= now THEN 'already-started'
               WHEN now < starts_at - make_interval(mins => $17::int) THEN 'not-started'
               ELSE 'go'
           END AS outcome
    FROM ask
), settled AS (
    UPDATE appointment a
    SET status = $6::text, hold_expires_at = NULL, version = a.version + 1, updated_at = v.now,
        cancel_reason = CASE WHEN $6::text = 'cancelled' THEN $8::text ELSE a.cancel_reason END
    FROM verdict v
    WHERE a.id = v.id AND v.outcome = 'go' AND a.version = v.version
    RETURNING a.*
), freed AS (
    DELETE FROM claim c
    USING settled s
    WHERE $6::text = 'cancelled' AND c.owner_id = s.id
      AND c.calendar_id IN (s.practitioner_calendar, s.patient_calendar, s.room_calendar)
      AND c.starts_at >= s.claim_starts_at AND c.starts_at < s.claim_ends_at
    RETURNING c.calendar_id, c.starts_at, c.ends_at, c.exclusive
), kept_away AS (
    -- What lies in time off stays taken.
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT f.calendar_id, lower(away.range), upper(away.range), 'time-off', s.practitioner_id
    FROM settled s
    JOIN freed f ON f.calendar_id = s.practitioner_calendar AND f.exclusive
    CROSS JOIN LATERAL (
        SELECT unnest(range_agg(tstzrange(t.starts_at, t.ends_at)) * tstzmultirange(tstzrange(f.starts_at, f.ends_at))) AS range
        FROM time_off t WHERE t.practitioner_id = s.practitioner_id AND t.ends_at > f.starts_at AND t.starts_at < f.ends_at
    ) away
    ON CONFLICT DO NOTHING
), ended AS (
    DELETE FROM hold h USING settled s WHERE h.patient_id = s.patient_id AND h.appointment_id = s.id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT CASE WHEN status = 'cancelled' THEN 'released' ELSE 'appointment' END, practitioner_id, id, claim_starts_at, claim_ends_at,
           jsonb_build_object('status', status) FROM settled
), mailed AS (
    INSERT INTO job (kind, payload)
    SELECT 'mail.cancellation', jsonb_build_object('appointment', s.id, 'version', s.version)
    FROM settled s JOIN verdict v ON true JOIN patient x ON x.id = s.patient_id
    WHERE s.status = 'cancelled' AND v.status <> 'held' AND (x.email IS NOT NULL OR is_cared_for(x.id))
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT updated_at, $10::text, 'appointment.' || status, id, version, $11::text::inet, $12::text, organization_id FROM settled
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $13::text, $14::text, $15::text, $16::bytea, 200, 'appointment', to_jsonb(settled) FROM settled WHERE $15::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT CASE
           WHEN verdict.outcome <> 'go' THEN verdict.outcome
           WHEN NOT EXISTS (SELECT FROM settled) THEN 'busy'
           WHEN $15::text IS NOT NULL AND NOT EXISTS (SELECT FROM remembered) THEN rendez_refuse('busy')::text
           ELSE 'done'
       END AS outcome,
       (SELECT to_jsonb(settled) FROM settled) AS appointment
FROM verdict
