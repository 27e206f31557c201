-- Expired holds that stand in somebody's way.
-- $1 actor $2 address $3 request id  $4 calendars  $5 from  $6 until
WITH due AS (
    SELECT a.id
    FROM claim c JOIN appointment a ON a.id = c.owner_id
    WHERE c.calendar_id = ANY ($4::bigint[]) AND c.exclusive AND tstzrange(c.starts_at, c.ends_at) && tstzrange($5::timestamptz, $6::timestamptz)
      AND c.expires_at <= rendez_now() AND a.status = 'held' AND a.hold_expires_at <= rendez_now()
    ORDER BY a.id
    FOR UPDATE OF a SKIP LOCKED
