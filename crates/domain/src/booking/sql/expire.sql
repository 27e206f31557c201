), expired AS (
    UPDATE appointment a
    SET status = 'expired', version = a.version + 1, updated_at = rendez_now()
    FROM due
    WHERE a.id = due.id AND a.status = 'held' AND a.hold_expires_at <= rendez_now()
    RETURNING a.*
), freed AS (
    DELETE FROM claim c
    USING expired e
    WHERE c.owner_id = e.id AND c.calendar_id IN (e.practitioner_calendar, e.patient_calendar, e.room_calendar)
      AND c.starts_at >= e.claim_starts_at AND c.starts_at < e.claim_ends_at
    RETURNING c.calendar_id, c.starts_at, c.ends_at, c.owner_id
), kept_away AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT f.calendar_id, lower(away.range), upper(away.range), 'time-off', e.practitioner_id
    FROM expired e
    JOIN freed f ON f.owner_id = e.id AND f.calendar_id = e.practitioner_calendar
    CROSS JOIN LATERAL (
        SELECT unnest(range_agg(tstzrange(t.starts_at, t.ends_at)) * tstzmultirange(tstzrange(f.starts_at, f.ends_at))) AS range
        FROM time_off t WHERE t.practitioner_id = e.practitioner_id AND t.ends_at > f.starts_at AND t.starts_at < f.ends_at
    ) away
    ON CONFLICT DO NOTHING
), ended AS (
    DELETE FROM hold h USING expired e WHERE h.patient_id = e.patient_id AND h.appointment_id = e.id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT 'released', practitioner_id, id, claim_starts_at, claim_ends_at, '{"status":"expired"}' FROM expired
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT updated_at, $1::text, 'appointment.expire', id, version, $2::text::inet, $3::text, organization_id FROM expired
)
SELECT to_jsonb(expired) AS appointment FROM expired
-- A move that committed after this statement began has claims that this statement cannot see: begin again.
WHERE CASE WHEN EXISTS (SELECT FROM freed WHERE freed.owner_id = expired.id) THEN true ELSE rendez_refuse('busy') END
ORDER BY starts_at, id
