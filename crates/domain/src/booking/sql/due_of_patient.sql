-- A patient's expired holds, which no longer count against the limit.
-- $1 actor $2 address $3 request id  $4 patient
WITH due AS (
    SELECT a.id
    FROM hold h JOIN appointment a ON a.id = h.appointment_id
    WHERE h.patient_id = $4::uuid AND h.expires_at <= rendez_now() AND a.status = 'held'
    ORDER BY a.id
    FOR UPDATE OF a SKIP LOCKED
