-- Gives a hold to another patient, of those for whom the caller acts: the visit and its place on the timeline, in the limit of
-- holds and under the rules of who may book, or nothing.
--  $1 appointment  $2 who acts  $3 patient  $4 holds at most  $5 who may book  $6 schedule version
--  $7 actor $8 address $9 request id  $10 idempotency caller $11 route $12 key $13 fingerprint
WITH ask AS MATERIALIZED (
    SELECT a.*, x.calendar_id AS new_calendar, p.organization_id AS practitioner_organization, p.schedule_version, rendez_now() AS now,
           pg_try_advisory_xact_lock(hashtextextended(x.id::text, 1)) AS patient_is_free,
           ($12::text IS NULL OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\n', $10::text, $11::text, $12::text), 2))) AS key_is_free,
           (SELECT min(o) FROM generate_series(1, $4::int) o
            WHERE NOT EXISTS (SELECT FROM hold h WHERE h.patient_id = x.id AND h.ordinal = o)) AS ordinal
    FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id, patient x
    WHERE a.id = $1::uuid AND x.id = $3::uuid
      AND (a.patient_id = $2::uuid OR acts_for($2::uuid, a.patient_id))
      AND (x.id = $2::uuid OR acts_for($2::uuid, x.id))
    -- The appointment before its claims, as everybody does.
    FOR UPDATE OF a
), verdict AS MATERIALIZED (
    SELECT ask.*,
           CASE
               WHEN NOT key_is_free THEN 'idempotency-key-in-use'
               WHEN $12::text IS NOT NULL AND EXISTS (
                   SELECT FROM idempotency i WHERE i.caller = $10::text AND i.route = $11::text AND i.key = $12::text) THEN 'replay'
               WHEN status IN ('booked', 'arrived', 'fulfilled', 'no-show') THEN 'already-confirmed'
               WHEN status = 'expired' OR (status = 'held' AND hold_expires_at <= now) THEN 'hold-expired'
               WHEN status <> 'held' THEN 'wrong-status'
               WHEN NOT patient_is_free OR patient_id = $3::uuid THEN 'busy'
               WHEN schedule_version <> $6::bigint THEN 'stale-schedule'
               WHEN $5::text <> 'anyone' AND ($5::text = 'known') <> EXISTS (
                   SELECT FROM appointment b WHERE b.patient_id = $3::uuid AND b.practitioner_id = ask.practitioner_id
                   AND b.status IN ('booked', 'arrived', 'fulfilled') AND b.starts_at < now) THEN $5::text || '-patients-only'
               -- Whom the practice asks to call may not book online.
               WHEN EXISTS (
                   SELECT FROM patient_block b WHERE b.patient_id = $3::uuid
                   AND b.organization_id IN (ask.organization_id, practitioner_organization)) THEN 'blocked-by-practice'
               WHEN ordinal IS NULL THEN 'too-many-holds'
               ELSE 'go'
           END AS outcome
    FROM ask
), freed AS (
    DELETE FROM claim c
    USING verdict v
    WHERE v.outcome = 'go' AND c.owner_id = v.id AND c.calendar_id = v.patient_calendar AND c.starts_at = v.starts_at
    RETURNING c.id
), patient_claim AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
    SELECT v.new_calendar, v.starts_at, v.ends_at, 'hold', v.id, v.hold_expires_at FROM verdict v, freed
    ON CONFLICT DO NOTHING
    RETURNING calendar_id
), given AS (
    UPDATE appointment a
    SET patient_id = $3::uuid, patient_calendar = v.new_calendar, version = a.version + 1, updated_at = v.now
    FROM verdict v, patient_claim
    WHERE a.id = v.id AND a.version = v.version AND a.status = 'held'
    RETURNING a.*
), ended AS (
    DELETE FROM hold h USING verdict v, given g WHERE h.patient_id = v.patient_id AND h.appointment_id = g.id RETURNING h.kept_until
), deadline AS (
    INSERT INTO hold (patient_id, ordinal, appointment_id, expires_at, kept_until)
    SELECT g.patient_id, v.ordinal, g.id, g.hold_expires_at, ended.kept_until FROM given g, verdict v, ended
    ON CONFLICT DO NOTHING
    RETURNING appointment_id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT 'appointment', practitioner_id, id, claim_starts_at, claim_ends_at, '{"status":"held"}' FROM given
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT updated_at, $7::text, 'appointment.assign', id, version, $8::text::inet, $9::text, organization_id FROM given
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $10::text, $11::text, $12::text, $13::bytea, 200, 'appointment', to_jsonb(given) FROM given WHERE $12::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT CASE
           WHEN verdict.outcome <> 'go' THEN verdict.outcome
           WHEN NOT EXISTS (SELECT FROM patient_claim) THEN
               CASE WHEN EXISTS (SELECT FROM freed) THEN rendez_refuse('patient-overlap')::text ELSE 'busy' END
           WHEN NOT EXISTS (SELECT FROM deadline) THEN rendez_refuse('busy')::text
           WHEN $12::text IS NOT NULL AND NOT EXISTS (SELECT FROM remembered) THEN rendez_refuse('busy')::text
           ELSE 'done'
       END AS outcome,
       (SELECT to_jsonb(given) FROM given) AS appointment
FROM verdict
