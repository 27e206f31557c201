-- Brings a hold's deadline near, because the page that would confirm it was left. Its first deadline is kept. A time that the
-- waiting list offers was promised for longer than a visit to a page lasts: it stays.
-- $1 appointment  $2 who acts  $3 minutes that are left
WITH held AS (
    UPDATE appointment a
    SET hold_expires_at = rendez_now() + make_interval(mins => $3::int)
    WHERE a.id = $1::uuid AND (a.patient_id = $2::uuid OR acts_for($2::uuid, a.patient_id))
      AND a.status = 'held' AND a.hold_expires_at > rendez_now() + make_interval(mins => $3::int)
      AND NOT EXISTS (SELECT FROM wish w WHERE w.appointment_id = a.id AND w.status = 'offered')
    RETURNING a.*
), claims AS (
    UPDATE claim c SET expires_at = s.hold_expires_at
    FROM held s, LATERAL (VALUES (s.practitioner_calendar, s.claim_starts_at), (s.room_calendar, s.claim_starts_at),
                                   (s.patient_calendar, s.starts_at)) AS at (calendar_id, starts_at)
    WHERE c.calendar_id = at.calendar_id AND c.starts_at = at.starts_at AND c.owner_id = s.id
), deadline AS (
    UPDATE hold h SET kept_until = coalesce(h.kept_until, h.expires_at), expires_at = s.hold_expires_at
    FROM held s WHERE h.patient_id = s.patient_id AND h.appointment_id = s.id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at)
    SELECT 'claimed', practitioner_id, id, claim_starts_at, claim_ends_at FROM held
)
SELECT to_jsonb(s) AS appointment FROM held s
