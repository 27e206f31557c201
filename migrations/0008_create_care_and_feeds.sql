-- People who book for others, holds whose holder has gone away, and calendars that programs subscribe to.

-- A patient who books for another: a child, a partner, a parent. The other is a patient with a record of their own.
CREATE TABLE care (
    guardian_id  uuid        NOT NULL REFERENCES patient,
    dependant_id uuid        NOT NULL REFERENCES patient,
    -- What the dependant is to the guardian. A `child` or a `ward` is a minor.
    relation     text        NOT NULL CHECK (relation IN ('child', 'ward', 'partner', 'parent', 'other')),
    since        timestamptz NOT NULL,
    -- A minor's ends at majority; anybody's when it is given up.
    until        timestamptz NOT NULL DEFAULT 'infinity',
    -- Its place in the guardian's list, so that the key itself is the limit; null once it was given up.
    ordinal      smallint    CHECK (ordinal BETWEEN 1 AND 10),
    PRIMARY KEY (guardian_id, dependant_id),
    CONSTRAINT care_of_another CHECK (guardian_id <> dependant_id),
    CONSTRAINT care_limit UNIQUE (guardian_id, ordinal)
);
CREATE INDEX care_dependant ON care (dependant_id);

-- Whether somebody may book, see, move and cancel for a patient who is not they themselves, now. The one place that says so.
CREATE FUNCTION acts_for(guardian uuid, patient uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN EXISTS (SELECT FROM care c WHERE c.guardian_id = guardian AND c.dependant_id = patient AND c.until > rendez_now());

-- Whether mails about a patient have somebody else to go to.
CREATE FUNCTION is_cared_for(patient uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN EXISTS (SELECT FROM care c WHERE c.dependant_id = patient AND c.until > rendez_now());

-- A patient and everybody for whom they act now.
CREATE FUNCTION people_of(guardian uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT guardian UNION ALL SELECT c.dependant_id FROM care c WHERE c.guardian_id = guardian AND c.until > rendez_now();
END;

-- The first deadline of a hold whose page was left, so that coming back restores it and nothing ever lengthens it.
ALTER TABLE hold ADD COLUMN kept_until timestamptz;

-- A private calendar that programs subscribe to: the visits of a patient and of the people they care for. The address holds
-- 256 random bits; only their SHA-256 stands here.
CREATE TABLE calendar_feed (
    patient_id uuid PRIMARY KEY REFERENCES patient,
    token_hash bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
