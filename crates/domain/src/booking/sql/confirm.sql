-- Makes a hold a booking, if it still stands and the caller may.
--  $1 appointment  $2 patient or null  $3 practitioner or null  $4 organizations or null: whose it must be
--  $5 version or null (If-Match)  $6 schedule version that was checked anew, or null
--  $7 actor $8 address $9 request id  $10 idempotency caller $11 route $12 key $13 fingerprint
-- $14 what the patient writes, or null to leave it
WITH ask AS MATERIALIZED (
    SELECT a.id, a.version, a.status, a.hold_expires_at, a.policy_version, p.schedule_version, rendez_now() AS now,
           ($12::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\n', $10::text, $11::text, $12::text), 2))) AS key_is_free
    FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id
    WHERE a.id = $1::uuid
      AND ($2::uuid IS NULL OR a.patient_id = $2::uuid OR acts_for($2::uuid, a.patient_id))
      AND ($3::uuid IS NULL OR a.practitioner_id = $3::uuid)
      AND ($4::uuid[] IS NULL OR a.organization_id = ANY ($4::uuid[]))
), verdict AS MATERIALIZED (
    SELECT ask.*,
           CASE
               WHEN NOT key_is_free THEN 'idempotency-key-in-use'
               WHEN $12::text IS NOT NULL AND EXISTS (
                   SELECT FROM idempotency i WHERE i.caller = $10::text AND i.route = $11::text AND i.key = $12::text) THEN 'replay'
               WHEN version <> $5::bigint THEN 'version-mismatch'
               WHEN status IN ('booked', 'arrived', 'fulfilled', 'no-show') THEN 'already-confirmed'
               WHEN status = 'expired' OR (status = 'held' AND hold_expires_at <= now) THEN 'hold-expired'
               WHEN status <> 'held' THEN 'wrong-status'
               WHEN schedule_version NOT IN (policy_version, coalesce($6::bigint, 0)) THEN 'stale-schedule'
               ELSE 'go'
           END AS outcome
    FROM ask
), booked AS (
    UPDATE appointment a
    SET status = 'booked', hold_expires_at = NULL, version = a.version + 1, policy_version = v.schedule_version, updated_at = v.now,
        reason = coalesce($14::text, a.reason)
    FROM verdict v
    WHERE a.id = v.id AND v.outcome = 'go' AND a.version = v.version AND a.status = 'held' AND a.hold_expires_at > v.now
    RETURNING a.*
), kept AS (
    UPDATE claim c
    SET kind = 'appointment', expires_at = NULL
    FROM booked b, LATERAL (VALUES (b.practitioner_calendar, b.claim_starts_at), (b.room_calendar, b.claim_starts_at),
                                   (b.patient_calendar, b.starts_at)) AS at (calendar_id, starts_at)
    WHERE c.calendar_id = at.calendar_id AND c.starts_at = at.starts_at AND c.owner_id = b.id
    RETURNING c.id
), ended AS (
    DELETE FROM hold h USING booked b WHERE h.patient_id = b.patient_id AND h.appointment_id = b.id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT 'appointment', practitioner_id, id, claim_starts_at, claim_ends_at, '{"status":"booked"}' FROM booked
), mailed AS (
    INSERT INTO job (kind, payload)
    SELECT 'mail.confirmation', jsonb_build_object('appointment', b.id, 'version', b.version)
    FROM booked b JOIN patient x ON x.id = b.patient_id WHERE (x.email IS NOT NULL OR is_cared_for(x.id))
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT updated_at, $7::text, 'appointment.confirm', id, version, $8::text::inet, $9::text, organization_id FROM booked
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $10::text, $11::text, $12::text, $13::bytea, 200, 'appointment', to_jsonb(booked) FROM booked WHERE $12::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT CASE
           WHEN verdict.outcome <> 'go' THEN verdict.outcome
           WHEN NOT EXISTS (SELECT FROM booked) THEN 'busy'
           WHEN NOT EXISTS (SELECT FROM kept) THEN rendez_refuse('claim-missing')::text
           WHEN $12::text IS NOT NULL AND NOT EXISTS (SELECT FROM remembered) THEN rendez_refuse('busy')::text
           ELSE 'done'
       END AS outcome,
       (SELECT to_jsonb(booked) FROM booked) AS appointment
FROM verdict
