-- What a practice keeps beside its schedule: whom it asks to call, who works for it, who did what; and which jobs the
-- operator has paused.

-- Patients who may not book online at an organization. They may call, and staff may book for them.
CREATE TABLE patient_block (
    organization_id uuid        NOT NULL REFERENCES organization,
    patient_id      uuid        NOT NULL REFERENCES patient,
    -- For the practice; the patient never reads it.
    reason          text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    blocked_by      text        NOT NULL,
    blocked_at      timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (organization_id, patient_id)
);

-- Names as people look for them: what is written and what is asked for are compared in this form.
CREATE FUNCTION rendez_search_key(written text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        replace(replace(replace(
            translate(lower(regexp_replace(normalize(written, NFKD), '[\u0300-\u036f]', '', 'g')), 'øł', 'ol'),
            'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
        '[^[:alnum:]]+', ' ', 'g'));

-- `desk` runs the day; `manager` also changes hours, visit types and staff.
ALTER TABLE account_organization ADD COLUMN rights text NOT NULL DEFAULT 'manager' CHECK (rights IN ('desk', 'manager'));
CREATE INDEX account_organization_organization ON account_organization (organization_id);

-- Somebody who is asked to work for an organization. The link holds 256 random bits; only their SHA-256 stands here.
CREATE TABLE invitation (
    id              uuid PRIMARY KEY,
    organization_id uuid        NOT NULL REFERENCES organization,
    email           text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    rights          text        NOT NULL CHECK (rights IN ('desk', 'manager')),
    token_hash      bytea       NOT NULL UNIQUE,
    invited_by      text        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at      timestamptz NOT NULL,
    -- Taken up or taken back: the link counts once.
    ended_at        timestamptz
);
-- A newer invitation of the same address takes the place of the older one.
CREATE UNIQUE INDEX invitation_open ON invitation (organization_id, lower(email)) WHERE ended_at IS NULL;

-- Whose trail a row belongs to. Rows from before belong to none: audit rows never change.
ALTER TABLE audit ADD COLUMN organization_id uuid;

-- Kinds of jobs that no worker begins until somebody lets them go on.
CREATE TABLE job_pause (
    kind      text PRIMARY KEY,
    paused_by text        NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
