-- The oldest expired holds: what the sweep takes at a time.
-- $1 actor $2 address $3 request id  $4 how many
WITH due AS (
    SELECT a.id
    FROM hold h JOIN appointment a ON a.id = h.appointment_id
    WHERE h.expires_at <= rendez_now() AND a.status = 'held'
    ORDER BY h.expires_at
    LIMIT $4::int
    FOR UPDATE OF a SKIP LOCKED
