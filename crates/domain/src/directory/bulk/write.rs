//! The tables through which a batch passes: rows are copied into them, and a few statements take them on from there.

/// Made once for the connection; each transaction leaves them empty.
pub(super) const TEMPORARY_TABLES: &str = "
SET client_min_messages = warning;
CREATE TEMP TABLE IF NOT EXISTS staging_place (
    ordinal bigint GENERATED ALWAYS AS IDENTITY, key text COLLATE \"C\", is_line boolean, file_no smallint, line bigint, said json
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_organization (
    id uuid, region text, system text COLLATE \"C\", key text COLLATE \"C\", name text, named_by text COLLATE \"C\"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_location (
    id uuid, fresh boolean, system text COLLATE \"C\", key text COLLATE \"C\", said bigint, organization_id uuid, name text, line text, postal_code text,
    city text, country text, latitude double precision, longitude double precision, time_zone text, organization_key text COLLATE \"C\",
    organization_name text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering (
    id uuid PRIMARY KEY, region text, system text COLLATE \"C\", fresh boolean, calendar_id bigint, organization_id uuid, location_id uuid,
    given_name text, family_name text, search_name text, says_specialty boolean, specialty text, languages text[],
    says_phone boolean, phone text, says_email boolean, email text, says_sector boolean, sector text,
    accepts_new_patients boolean, telehealth boolean, active boolean,
    says_places boolean, says_hours boolean, says_closures boolean, moves boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_place (id uuid, location_id uuid) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_hours (
    id uuid, location_id uuid, weekday smallint, starts time, ends time, valid_from date, valid_until date
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_closure (
    id uuid, starts timestamp, ends timestamp, starts_at timestamptz, ends_at timestamptz, reason text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_visit_type (
    visit_type_id uuid, id uuid, name text, duration_minutes integer, usual_minutes integer, min_notice_minutes integer, max_horizon_days integer,
    hold_minutes integer, telehealth boolean, position smallint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ended_visit_type (id uuid, name text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS entering_identifier (
    system text COLLATE \"C\", value text COLLATE \"C\", id uuid, main boolean, said_profile bigint[], said_places bigint,
    said_hours bigint, said_closures bigint, said_visit_types bigint, visit_type_names text[]
) ON COMMIT DELETE ROWS;
RESET client_min_messages;
";

/// Places and their organizations, new and changed.
pub(super) const ENTER_PLACES: &[&str] = &[
    "INSERT INTO organization (id, region, name) SELECT id, region, name FROM entering_organization",
    "INSERT INTO organization_identifier (system, value, organization_id, named_by, said)
     SELECT system, key, id, named_by, name FROM entering_organization",
    // The places of an organization may call it by different names; the one that named it first does so.
    "WITH renamed AS (
        UPDATE organization_identifier i SET said = e.organization_name FROM entering_location e
        WHERE NOT e.fresh AND i.system = e.system AND i.value = e.organization_key AND i.named_by = e.key
            AND i.said <> e.organization_name
        RETURNING i.organization_id, i.said)
     UPDATE organization o SET name = renamed.said, version = o.version + 1 FROM renamed WHERE o.id = renamed.organization_id",
    "INSERT INTO location (id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone)
     SELECT id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone
     FROM entering_location WHERE fresh",
    "UPDATE location l SET name = e.name, line = e.line, postal_code = e.postal_code, city = e.city, country = e.country,
        latitude = e.latitude, longitude = e.longitude, time_zone = e.time_zone, version = l.version + 1
     FROM entering_location e WHERE l.id = e.id AND NOT e.fresh",
    "INSERT INTO location_identifier (system, value, location_id, said)
     SELECT system, key, id, said FROM entering_location
     ON CONFLICT (system, value) DO UPDATE SET said = excluded.said",
    // A place's position and zone are part of the schedule of whoever works there.
    "WITH moved AS (SELECT id FROM entering_location WHERE NOT fresh),
          theirs AS (
            SELECT p.id FROM practitioner p JOIN moved ON moved.id = p.location_id
            UNION SELECT f.practitioner_id FROM practitioner_location f JOIN moved ON moved.id = f.location_id),
          raised AS (
            UPDATE practitioner p SET schedule_version = schedule_version + 1, version = version + 1
            FROM theirs WHERE p.id = theirs.id RETURNING p.id)
     INSERT INTO change (kind, practitioner_id, subject_id)
     SELECT 'schedule', id, id FROM raised",
];

/// Practitioners and what belongs to them, new and changed.
pub(super) const ENTER_PRACTITIONERS: &[&str] = &[
    "UPDATE entering e SET calendar_id = (r.number::bigint << 40) + nextval('calendar_number') FROM region r
     WHERE e.fresh AND r.code = e.region",
    "INSERT INTO calendar (id, kind, exclusive) SELECT calendar_id, 'practitioner', true FROM entering
     WHERE fresh",
    "INSERT INTO practitioner (id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty,
        languages, phone, email, sector, accepts_new_patients, telehealth, active)
     SELECT id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty,
        coalesce(languages, '{}'), phone, email, sector, coalesce(accepts_new_patients, true), coalesce(telehealth, false),
        coalesce(active, true)
     FROM entering WHERE fresh",
    // What stands at places of others is theirs.
    "DELETE FROM opening_rule r USING entering e
     WHERE r.practitioner_id = e.id AND NOT e.fresh AND e.says_hours
        AND EXISTS (SELECT FROM location_identifier i WHERE i.location_id = r.location_id AND i.system = e.system)",
    // The main place and with it the organization is the practice's, unless this source has brought it, or it is one that
    // stands for none, and nobody can be booked there.
    "UPDATE entering e SET moves = true FROM practitioner p
     WHERE NOT e.fresh AND p.id = e.id AND p.location_id <> e.location_id
        AND EXISTS (SELECT FROM location_identifier i
            WHERE i.location_id = p.location_id AND (i.system = e.system OR i.value LIKE 'of:%'))
        AND NOT EXISTS (SELECT FROM opening_rule r WHERE r.practitioner_id = p.id AND r.location_id = p.location_id)
        AND NOT EXISTS (SELECT FROM opening o
            WHERE o.practitioner_id = p.id AND o.location_id = p.location_id AND o.ends_at > rendez_now())",
    "INSERT INTO practitioner_location (practitioner_id, location_id)
     SELECT p.id, p.location_id FROM entering e JOIN practitioner p ON p.id = e.id WHERE e.moves ON CONFLICT DO NOTHING",
    "UPDATE practitioner p SET
        given_name = coalesce(e.given_name, p.given_name), family_name = coalesce(e.family_name, p.family_name),
        search_name = coalesce(e.search_name, p.search_name),
        specialty = CASE WHEN e.says_specialty THEN e.specialty ELSE p.specialty END,
        languages = coalesce(e.languages, p.languages),
        phone = CASE WHEN e.says_phone THEN e.phone ELSE p.phone END,
        email = CASE WHEN e.says_email THEN e.email ELSE p.email END,
        sector = CASE WHEN e.says_sector THEN e.sector ELSE p.sector END,
        accepts_new_patients = coalesce(e.accepts_new_patients, p.accepts_new_patients),
        telehealth = coalesce(e.telehealth, p.telehealth), active = coalesce(e.active, p.active),
        organization_id = CASE WHEN e.moves THEN e.organization_id ELSE p.organization_id END,
        location_id = CASE WHEN e.moves THEN e.location_id ELSE p.location_id END,
        version = p.version + 1, schedule_version = p.schedule_version + 1
     FROM entering e WHERE p.id = e.id AND NOT e.fresh",
    "INSERT INTO practitioner_location (practitioner_id, location_id)
     SELECT n.id, n.location_id FROM (
        SELECT id, location_id FROM entering_place
        UNION SELECT id, location_id FROM entering
        UNION SELECT id, location_id FROM entering_hours
     ) AS n JOIN practitioner p ON p.id = n.id AND p.location_id <> n.location_id ON CONFLICT DO NOTHING",
    "INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends, valid_from, valid_until)
     SELECT h.id, coalesce(h.location_id, p.location_id), h.weekday, h.starts, h.ends, h.valid_from, h.valid_until
     FROM entering_hours h JOIN practitioner p ON p.id = h.id",
    // Only places that this source has brought, or that stand for none, and nothing that may be booked names.
    "DELETE FROM practitioner_location f USING entering e
     WHERE f.practitioner_id = e.id AND NOT e.fresh AND (e.says_places OR e.moves)
        AND EXISTS (SELECT FROM location_identifier i
            WHERE i.location_id = f.location_id AND (i.system = e.system OR i.value LIKE 'of:%'))
        AND f.location_id IS DISTINCT FROM e.location_id
        AND NOT EXISTS (SELECT FROM entering_place n WHERE n.id = f.practitioner_id AND n.location_id = f.location_id)
        AND NOT EXISTS (SELECT FROM opening_rule r WHERE r.practitioner_id = e.id AND r.location_id = f.location_id)
        AND NOT EXISTS (SELECT FROM opening o WHERE o.practitioner_id = e.id AND o.location_id = f.location_id)",
    "DELETE FROM practitioner_location f USING entering e, practitioner p
     WHERE e.moves AND p.id = e.id AND f.practitioner_id = p.id AND f.location_id = p.location_id",
    "UPDATE visit_type v SET active = false FROM ended_visit_type e WHERE v.practitioner_id = e.id AND v.name = e.name",
    // A length that the source only guesses says nothing of a visit type that is there.
    "UPDATE visit_type v SET duration_minutes = coalesce(e.duration_minutes, v.duration_minutes),
        telehealth = CASE WHEN e.duration_minutes IS NULL THEN v.telehealth ELSE e.telehealth END, position = e.position, active = true
     FROM entering_visit_type e WHERE v.practitioner_id = e.id AND v.name = e.name",
    "INSERT INTO visit_type (id, practitioner_id, name, duration_minutes, min_notice_minutes, max_horizon_days, hold_minutes,
        telehealth, position)
     SELECT visit_type_id, id, name, coalesce(duration_minutes, usual_minutes), min_notice_minutes, max_horizon_days, hold_minutes, telehealth, position
     FROM entering_visit_type e WHERE NOT EXISTS (SELECT FROM visit_type v WHERE v.practitioner_id = e.id AND v.name = e.name)",
    "INSERT INTO practitioner_identifier (system, value, practitioner_id, said_profile, said_places, said_hours, said_closures,
        said_visit_types, visit_type_names)
     SELECT system, value, id, said_profile, said_places, said_hours, said_closures, said_visit_types, visit_type_names
     FROM entering_identifier WHERE main
     ON CONFLICT (system, value) DO UPDATE SET said_profile = excluded.said_profile, said_places = excluded.said_places,
        said_hours = excluded.said_hours, said_closures = excluded.said_closures, said_visit_types = excluded.said_visit_types,
        visit_type_names = excluded.visit_type_names",
    // A number that belongs to somebody else stays theirs, and nobody gets a second one of the same register.
    "INSERT INTO practitioner_identifier (system, value, practitioner_id) SELECT system, value, id
     FROM entering_identifier WHERE NOT main ON CONFLICT DO NOTHING",
    "INSERT INTO audit (actor, action, subject_id, version, organization_id)
     SELECT 'server', 'practitioner.import', p.id, p.version, p.organization_id FROM entering e JOIN practitioner p ON p.id = e.id",
    "INSERT INTO change (kind, practitioner_id, subject_id) SELECT 'schedule', id, id FROM entering",
];

/// Hours without a place are at the place that the source gives somebody, be it the main one or a further one.
pub(super) const PLACE_HOURS: &str = "
UPDATE entering_hours h SET location_id = coalesce(
    e.location_id,
    (SELECT p.location_id FROM practitioner p
     WHERE p.id = e.id AND EXISTS (SELECT FROM location_identifier i WHERE i.location_id = p.location_id AND i.system = e.system)),
    (SELECT min(f.location_id::text)::uuid FROM practitioner_location f
     WHERE f.practitioner_id = e.id AND NOT e.says_places
        AND EXISTS (SELECT FROM location_identifier i WHERE i.location_id = f.location_id AND i.system = e.system)))
FROM entering e WHERE h.location_id IS NULL AND e.id = h.id AND NOT e.fresh";

/// Where there is none they are left out: at a place of another source they would never be taken away again.
pub(super) const LEAVE_HOURS_OUT: &str = "
WITH gone AS (
    DELETE FROM entering_hours h USING entering e WHERE h.location_id IS NULL AND e.id = h.id AND NOT e.fresh RETURNING h.id
) SELECT count(DISTINCT id) FROM gone";

/// Absences, after their practitioners and their identifiers. The practice's own stay.
pub(super) const ENTER_CLOSURES: &[&str] = &[
    "UPDATE entering_closure c SET starts = coalesce(c.starts, c.starts_at AT TIME ZONE l.time_zone),
        ends = coalesce(c.ends, c.ends_at AT TIME ZONE l.time_zone)
     FROM practitioner p JOIN location l ON l.id = p.location_id WHERE p.id = c.id",
    "DELETE FROM closure c USING entering e, practitioner_identifier i
     WHERE c.practitioner_id = e.id AND NOT e.fresh AND e.says_closures AND i.practitioner_id = e.id AND i.system = e.system
        AND tsrange(c.starts, c.ends) = ANY (i.closures)",
    "INSERT INTO closure (practitioner_id, starts, ends, reason)
     SELECT id, starts, ends, reason FROM entering_closure WHERE starts < ends",
    "UPDATE practitioner_identifier i SET closures = coalesce((
        SELECT array_agg(tsrange(c.starts, c.ends)) FROM entering_closure c WHERE c.id = e.id AND c.starts < c.ends), '{}')
     FROM entering e WHERE e.says_closures AND i.practitioner_id = e.id AND i.system = e.system",
];
