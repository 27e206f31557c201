-- The waiting list: what patients wish for while nothing that suits them is free, and which times they were offered.

-- Kilometres between two places, as the search measures them; null where one of them is nowhere.
CREATE FUNCTION rendez_km(latitude double precision, longitude double precision, to_latitude double precision, to_longitude double precision)
    RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 12742 * asin(least(1, sqrt(sin(radians(latitude - to_latitude) / 2) ^ 2
        + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(radians(longitude - to_longitude) / 2) ^ 2)));

CREATE TABLE wish (
    id              uuid PRIMARY KEY,
    patient_id      uuid        NOT NULL REFERENCES patient,
    -- Live wishes are numbered, so the unique index below is the limit.
    ordinal         smallint    NOT NULL CHECK (ordinal BETWEEN 1 AND 20),
    -- One practitioner and what of them, or anybody of a specialty around a place.
    practitioner_id uuid REFERENCES practitioner,
    visit_type_id   uuid REFERENCES visit_type,
    -- Of a wish for one practitioner: where that one stands, so that both kinds can be compared. Its radius is 0.
    specialty       text COLLATE "C",
    latitude        double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude       double precision CHECK (longitude BETWEEN -180 AND 180),
    radius_km       smallint    NOT NULL CHECK (radius_km BETWEEN 0 AND 100),
    -- What the patient calls the place.
    place           text        NOT NULL DEFAULT '' CHECK (length(place) <= 200),
    -- The visit lasts at most so long; null for any length.
    most_minutes    integer CHECK (most_minutes BETWEEN 1 AND 1440),
    -- Wall-clock wishes, on the clock of wherever the visit would be. Monday is the lowest bit.
    weekdays        smallint    NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    from_minute     smallint    NOT NULL DEFAULT 0 CHECK (from_minute BETWEEN 0 AND 1439),
    until_minute    smallint    NOT NULL DEFAULT 1440 CHECK (until_minute BETWEEN 1 AND 1440),
    first_day       date        NOT NULL,
    last_day        date        NOT NULL,
    -- The end of the last day on the place's clock.
    expires_at      timestamptz NOT NULL,
    status          text        NOT NULL DEFAULT 'waiting'
        CHECK (status IN ('waiting', 'offered', 'taken', 'withdrawn', 'lapsed', 'expired')),
    -- Since when it stands in the line: the first asks first.
    asked_at        timestamptz NOT NULL,
    -- The hold that was taken for it last.
    appointment_id  uuid,
    -- When free times were last looked at for it.
    looked_at       timestamptz NOT NULL,
    -- What it says, as a digest: the same twice is once too many.
    likeness        bytea       NOT NULL,
    version         bigint      NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK ((practitioner_id IS NULL) = (visit_type_id IS NULL)),
    CHECK (practitioner_id IS NOT NULL OR (specialty IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL AND radius_km > 0)),
    CHECK (from_minute < until_minute),
    CHECK (first_day <= last_day AND last_day - first_day <= 366),
    CHECK (status <> 'offered' OR appointment_id IS NOT NULL)
);
CREATE UNIQUE INDEX wish_ordinal ON wish (patient_id, ordinal) WHERE status IN ('waiting', 'offered');
CREATE UNIQUE INDEX wish_likeness ON wish (patient_id, likeness) WHERE status IN ('waiting', 'offered');
CREATE INDEX wish_patient ON wish (patient_id, created_at, id);
CREATE INDEX wish_practitioner ON wish (practitioner_id, asked_at, id) WHERE status = 'waiting';
CREATE INDEX wish_area ON wish (specialty, latitude) WHERE status = 'waiting';
CREATE INDEX wish_offered ON wish (appointment_id) WHERE status = 'offered';
CREATE INDEX wish_looked_at ON wish (looked_at) WHERE status = 'waiting';
CREATE INDEX wish_expires_at ON wish (expires_at) WHERE status = 'waiting';

-- Times that were offered to a wish, each of them once, whatever became of it.
CREATE TABLE wish_offer (
    wish_id         uuid        NOT NULL REFERENCES wish,
    practitioner_id uuid        NOT NULL,
    starts_at       timestamptz NOT NULL,
    appointment_id  uuid        NOT NULL UNIQUE,
    offered_at      timestamptz NOT NULL,
    PRIMARY KEY (wish_id, practitioner_id, starts_at)
);
