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

-- Names as people look for them. Expressed in SQL, so that each way in writes it and each question is put alike.
CREATE FUNCTION rendez_search_key(written text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        replace(replace(replace(
            translate(lower(regexp_replace(normalize(written, NFKD), '[\u0300-\u036f]', '', 'g')), 'øł', 'ol'),
            'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
        '[^[:alnum:]]+', ' ', 'g'));
ALTER TABLE patient ADD COLUMN search_name text
    GENERATED ALWAYS AS (rendez_search_key(family_name || ' ' || given_name)) STORED;
-- A practice's patients are those who have visits with it, and those whom it entered.
CREATE INDEX appointment_organization_patient ON appointment (organization_id, patient_id);
CREATE INDEX patient_registered_by ON patient (registered_by);

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

-- Whose trail a row belongs to.
ALTER TABLE audit ADD COLUMN organization_id uuid;
ALTER TABLE audit DISABLE TRIGGER audit_is_append_only;
UPDATE audit SET organization_id = a.organization_id FROM appointment a WHERE a.id = audit.subject_id;
UPDATE audit SET organization_id = p.organization_id FROM practitioner p WHERE p.id = audit.subject_id;
ALTER TABLE audit ENABLE TRIGGER audit_is_append_only;
CREATE INDEX audit_organization ON audit (organization_id, at, id) WHERE organization_id IS NOT NULL;

-- An operator looks for the dead ones among millions that are done.
CREATE INDEX job_dead ON job (kind) WHERE state = 'dead';
-- Kinds of jobs that no worker begins until somebody lets them go on.
CREATE TABLE job_pause (
    kind      text PRIMARY KEY,
    paused_by text        NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
