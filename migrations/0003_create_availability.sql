-- When a practitioner may be booked: rules and ranges. Slots are computed from these minus claims, never stored.

CREATE TABLE opening_rule (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    practitioner_id uuid     NOT NULL REFERENCES practitioner,
    location_id     uuid     NOT NULL REFERENCES location,
    -- ISO 8601: Monday is 1.
    weekday         smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    -- Wall-clock times in the location's zone. An end at or before the start lies on the next day.
    starts          time     NOT NULL,
    ends            time     NOT NULL,
    -- Empty: every visit type.
    visit_type_ids  uuid[]   NOT NULL DEFAULT '{}',
    valid_from      date,
    -- The last day on which it holds.
    valid_until     date,
    every_weeks     smallint NOT NULL DEFAULT 1 CHECK (every_weeks BETWEEN 1 AND 52),
    CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until),
    CHECK (every_weeks = 1 OR valid_from IS NOT NULL)
);
CREATE INDEX opening_rule_practitioner ON opening_rule (practitioner_id);

-- Wall-clock ranges, half-open, in the zone of each location, when the weekly rules do not hold.
CREATE TABLE closure (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    practitioner_id uuid      NOT NULL REFERENCES practitioner,
    starts          timestamp NOT NULL,
    ends            timestamp NOT NULL,
    reason          text,
    CHECK (starts < ends)
);
CREATE INDEX closure_practitioner ON closure (practitioner_id);

CREATE TABLE opening (
    id              uuid PRIMARY KEY,
    practitioner_id uuid        NOT NULL REFERENCES practitioner,
    location_id     uuid        NOT NULL REFERENCES location,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    visit_type_ids  uuid[]      NOT NULL DEFAULT '{}',
    CHECK (starts_at < ends_at AND ends_at - starts_at <= interval '31 days' AND isfinite(starts_at) AND isfinite(ends_at)),
    CONSTRAINT opening_overlaps EXCLUDE USING gist (practitioner_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX opening_practitioner_start ON opening (practitioner_id, starts_at);

-- A range when the practitioner is away. Its free parts are claims too, so no booking can slip in.
CREATE TABLE time_off (
    id              uuid PRIMARY KEY,
    practitioner_id uuid        NOT NULL REFERENCES practitioner,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    reason          text,
    created_at      timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CHECK (starts_at < ends_at AND ends_at - starts_at <= interval '366 days' AND isfinite(starts_at) AND isfinite(ends_at))
);
CREATE INDEX time_off_practitioner ON time_off (practitioner_id, ends_at);
