-- Clock, regions, change log, jobs, idempotent answers: what every module stands on.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The one clock that decides deadlines. It reads the transaction's start, so a transaction sees one instant.
-- Tests shift time by replacing this function in their own database.
CREATE FUNCTION rendez_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN transaction_timestamp();

-- Ends a statement with a refusal. The message is the refusal's code; class RZ is ours.
CREATE FUNCTION rendez_refuse(code text) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RZ001', MESSAGE = code;
END $$;

CREATE TABLE region (
    code   text PRIMARY KEY CHECK (code ~ '^[a-z]{2}$'),
    -- Stands in the upper bits of each calendar id, so that the timeline can be partitioned by region.
    number smallint NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 32767)
);

-- One row for each thing that followers (slot stream, index, webhooks) want to know. Position = (xid, seq).
CREATE TABLE change (
    xid             xid8        NOT NULL DEFAULT pg_current_xact_id(),
    seq             bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    at              timestamptz NOT NULL DEFAULT transaction_timestamp(),
    kind            text        NOT NULL,
    practitioner_id uuid,
    subject_id      uuid,
    starts_at       timestamptz,
    ends_at         timestamptz,
    detail          jsonb
) PARTITION BY RANGE (at);

CREATE TABLE change_default PARTITION OF change DEFAULT;
CREATE INDEX change_position ON change (xid, seq);

-- Up to where the log has been dropped. A follower whose cursor lies below has a gap and must rebuild.
CREATE TABLE change_horizon (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    xid      xid8 NOT NULL
);
INSERT INTO change_horizon (xid) VALUES ('0');

-- Where each durable follower has read to.
CREATE TABLE follower (
    name       text PRIMARY KEY,
    xid        xid8        NOT NULL,
    seq        bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);

CREATE TABLE job (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL,
    payload      jsonb       NOT NULL,
    run_at       timestamptz NOT NULL DEFAULT transaction_timestamp(),
    attempts     smallint    NOT NULL DEFAULT 0,
    max_attempts smallint    NOT NULL DEFAULT 12 CHECK (max_attempts > 0),
    state        text        NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'done', 'dead')),
    -- A lease: the job is somebody's until then. The fence rises with each lease, so a late worker cannot finish it.
    leased_until timestamptz,
    fence        bigint      NOT NULL DEFAULT 0,
    -- At most one unfinished job of a kind for a key.
    unique_key   text,
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT transaction_timestamp(),
    finished_at  timestamptz
);
CREATE INDEX job_ready ON job (run_at) WHERE state = 'ready';
CREATE UNIQUE INDEX job_unique_key ON job (kind, unique_key) WHERE state = 'ready' AND unique_key IS NOT NULL;
CREATE INDEX job_finished ON job (finished_at) WHERE state <> 'ready';

-- The first answer to a request, kept for 24 hours and given again to the same key.
CREATE TABLE idempotency (
    caller      text        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    status      smallint    NOT NULL,
    -- 'appointment': a row of appointment as it was; 'body': the body as it was sent.
    answer_kind text        NOT NULL CHECK (answer_kind IN ('appointment', 'body')),
    answer      jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (caller, route, key)
);
CREATE INDEX idempotency_created_at ON idempotency USING brin (created_at);

-- Who did what to which record, when and from where. Rows are only ever added.
CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT transaction_timestamp(),
    actor      text        NOT NULL,
    action     text        NOT NULL,
    subject_id uuid        NOT NULL,
    version    bigint,
    address    inet,
    request_id text
);
CREATE INDEX audit_subject ON audit (subject_id, id);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
