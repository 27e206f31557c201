-- Organizations, locations, rooms, practitioners, visit types, patients, accounts.

CREATE SEQUENCE calendar_number;

-- Whose time a claim takes. Ids are bigint because the timeline's index is faster with them; outsiders see the owner's id.
CREATE TABLE calendar (
    id        bigint PRIMARY KEY,
    kind      text    NOT NULL CHECK (kind IN ('practitioner', 'room', 'patient')),
    exclusive boolean NOT NULL
);

CREATE TABLE organization (
    id         uuid PRIMARY KEY,
    region     text        NOT NULL REFERENCES region,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    version    bigint      NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);

CREATE TABLE location (
    id              uuid PRIMARY KEY,
    organization_id uuid             NOT NULL REFERENCES organization,
    name            text             NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    line            text             NOT NULL DEFAULT '',
    postal_code     text             NOT NULL DEFAULT '',
    city            text             NOT NULL DEFAULT '',
    country         text             NOT NULL DEFAULT 'FR' CHECK (country ~ '^[A-Z]{2}$'),
    latitude        double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude       double precision CHECK (longitude BETWEEN -180 AND 180),
    time_zone       text             NOT NULL,
    version         bigint           NOT NULL DEFAULT 1,
    created_at      timestamptz      NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX location_organization ON location (organization_id);
CREATE INDEX location_position ON location (latitude, longitude);

-- Rooms and devices: further exclusive calendars that a visit may need.
CREATE TABLE room (
    id          uuid PRIMARY KEY,
    location_id uuid    NOT NULL REFERENCES location,
    calendar_id bigint  NOT NULL UNIQUE REFERENCES calendar,
    kind        text    NOT NULL CHECK (kind ~ '^[a-z][a-z0-9-]{0,39}$'),
    name        text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    active      boolean NOT NULL DEFAULT true
);
CREATE INDEX room_location_kind ON room (location_id, kind) WHERE active;

CREATE TABLE practitioner (
    id                    uuid PRIMARY KEY,
    organization_id       uuid        NOT NULL REFERENCES organization,
    calendar_id           bigint      NOT NULL UNIQUE REFERENCES calendar,
    -- Where visits happen when an opening does not say.
    location_id           uuid        NOT NULL REFERENCES location,
    given_name            text        NOT NULL CHECK (length(given_name) BETWEEN 1 AND 100),
    family_name           text        NOT NULL CHECK (length(family_name) BETWEEN 1 AND 100),
    -- Names without accents and in lower case, as search compares them.
    search_name           text        NOT NULL,
    specialty             text,
    languages             text[]      NOT NULL DEFAULT '{}',
    phone                 text,
    email                 text,
    accepts_new_patients  boolean     NOT NULL DEFAULT true,
    telehealth            boolean     NOT NULL DEFAULT false,
    works_public_holidays boolean     NOT NULL DEFAULT false,
    active                boolean     NOT NULL DEFAULT true,
    -- Rises with every change of what may be booked: openings, closures, time off, visit types. Bookings compare it.
    schedule_version      bigint      NOT NULL DEFAULT 1,
    version               bigint      NOT NULL DEFAULT 1,
    created_at            timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX practitioner_specialty ON practitioner (specialty, location_id) WHERE active;
CREATE INDEX practitioner_first_location ON practitioner (location_id) WHERE active;
CREATE INDEX practitioner_search_name ON practitioner USING gin (search_name gin_trgm_ops) WHERE active;
CREATE INDEX practitioner_organization ON practitioner (organization_id);

-- Further locations of a practitioner; the first stands in the practitioner's row.
CREATE TABLE practitioner_location (
    practitioner_id uuid NOT NULL REFERENCES practitioner,
    location_id     uuid NOT NULL REFERENCES location,
    PRIMARY KEY (practitioner_id, location_id)
);

CREATE TABLE visit_type (
    id                    uuid PRIMARY KEY,
    practitioner_id       uuid     NOT NULL REFERENCES practitioner,
    name                  text     NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    duration_minutes      integer  NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes integer  NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 480),
    buffer_after_minutes  integer  NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 480),
    min_notice_minutes    integer  NOT NULL DEFAULT 1440 CHECK (min_notice_minutes BETWEEN 0 AND 525600),
    max_horizon_days      integer  NOT NULL DEFAULT 365 CHECK (max_horizon_days BETWEEN 1 AND 1095),
    hold_minutes          integer  NOT NULL DEFAULT 30 CHECK (hold_minutes BETWEEN 1 AND 1440),
    telehealth            boolean  NOT NULL DEFAULT false,
    who_may_book          text     NOT NULL DEFAULT 'anyone' CHECK (who_may_book IN ('anyone', 'new', 'known')),
    room_kind             text,
    active                boolean  NOT NULL DEFAULT true,
    position              smallint NOT NULL DEFAULT 0
);
CREATE INDEX visit_type_practitioner ON visit_type (practitioner_id);

CREATE TABLE patient (
    id          uuid PRIMARY KEY,
    region      text        NOT NULL REFERENCES region,
    calendar_id bigint      NOT NULL UNIQUE REFERENCES calendar,
    given_name  text        NOT NULL CHECK (length(given_name) BETWEEN 1 AND 100),
    family_name text        NOT NULL CHECK (length(family_name) BETWEEN 1 AND 100),
    birth_date  date,
    email       text,
    phone       text,
    locale      text,
    -- The actor that entered the record: staff, a partner, or the patient.
    registered_by text     NOT NULL,
    version     bigint      NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT transaction_timestamp()
);

CREATE TABLE account (
    id              uuid PRIMARY KEY,
    email           text        NOT NULL,
    password_hash   text        NOT NULL,
    role            text        NOT NULL CHECK (role IN ('patient', 'practitioner', 'staff', 'admin')),
    patient_id      uuid REFERENCES patient,
    practitioner_id uuid REFERENCES practitioner,
    created_at      timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CHECK (role <> 'patient' OR patient_id IS NOT NULL),
    CHECK (role <> 'practitioner' OR practitioner_id IS NOT NULL)
);
CREATE UNIQUE INDEX account_email ON account (lower(email));

-- What somebody agreed to when they signed up; the texts stand in the region's pack under these keys.
CREATE TABLE consent (
    account_id uuid        NOT NULL REFERENCES account,
    key        text        NOT NULL,
    given_at   timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (account_id, key)
);

-- Where a member of staff works.
CREATE TABLE account_organization (
    account_id      uuid NOT NULL REFERENCES account,
    organization_id uuid NOT NULL REFERENCES organization,
    PRIMARY KEY (account_id, organization_id)
);

-- A page's session. The cookie holds 256 random bits; only their SHA-256 stands here.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires_at ON session (expires_at);
