-- The timeline: everything that takes somebody's time is a claim. And the appointments, which own most claims.

CREATE TABLE claim (
    calendar_id bigint      NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    id          bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind        text        NOT NULL CHECK (kind IN ('hold', 'appointment', 'time-off', 'overbooked', 'clinic', 'event')),
    -- An exclusive claim overlaps no other exclusive claim of its calendar.
    exclusive   boolean     NOT NULL DEFAULT true,
    owner_id    uuid        NOT NULL,
    -- A hold's deadline. No index and no constraint reads it, so a confirmation stays a heap-only update.
    expires_at  timestamptz,
    PRIMARY KEY (calendar_id, starts_at, id) INCLUDE (ends_at),
    CONSTRAINT claim_range CHECK (
        -- Longer absences are several claims, so that a reader of a window need look back no further than this.
        starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at) AND ends_at - starts_at <= interval '48 hours'
    ),
    CONSTRAINT claim_overlaps EXCLUDE USING gist (calendar_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (exclusive)
) WITH (fillfactor = 80);

CREATE TABLE appointment (
    id                    uuid PRIMARY KEY,
    patient_id            uuid        NOT NULL,
    practitioner_id       uuid        NOT NULL,
    organization_id       uuid        NOT NULL,
    location_id           uuid        NOT NULL,
    visit_type_id         uuid        NOT NULL,
    room_id               uuid,
    starts_at             timestamptz NOT NULL,
    ends_at               timestamptz NOT NULL,
    time_zone             text        NOT NULL,
    status                text        NOT NULL CHECK (status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show', 'cancelled', 'expired')),
    hold_expires_at       timestamptz,
    reason                text,
    overbook_reason       text,
    cancel_reason         text,
    telehealth            boolean     NOT NULL DEFAULT false,
    -- The schedule whose rules this booking was checked against.
    policy_version        bigint      NOT NULL,
    version               bigint      NOT NULL DEFAULT 1,
    created_at            timestamptz NOT NULL DEFAULT transaction_timestamp(),
    updated_at            timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- Where its claims stand on the timeline.
    practitioner_calendar bigint      NOT NULL,
    patient_calendar      bigint      NOT NULL,
    room_calendar         bigint,
    claim_starts_at       timestamptz NOT NULL,
    claim_ends_at         timestamptz NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (claim_starts_at <= starts_at AND ends_at <= claim_ends_at),
    CHECK ((room_id IS NULL) = (room_calendar IS NULL)),
    CHECK (status <> 'held' OR hold_expires_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX appointment_patient ON appointment (patient_id, starts_at, id);
CREATE INDEX appointment_practitioner ON appointment (practitioner_id, starts_at, id);

-- Live holds: at most one row for each ordinal a patient has, so the key itself is the limit. The expiry sweep reads it.
CREATE TABLE hold (
    patient_id     uuid        NOT NULL,
    ordinal        smallint    NOT NULL CHECK (ordinal BETWEEN 1 AND 20),
    appointment_id uuid        NOT NULL,
    expires_at     timestamptz NOT NULL,
    PRIMARY KEY (patient_id, ordinal)
);
CREATE INDEX hold_expires_at ON hold (expires_at);

-- Mails as they were or will be sent; a job carries each.
CREATE TABLE mail (
    id         uuid PRIMARY KEY,
    to_address text        NOT NULL,
    subject    text        NOT NULL,
    body       text        NOT NULL,
    calendar   text,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    sent_at    timestamptz
);
CREATE INDEX mail_created_at ON mail (created_at);
