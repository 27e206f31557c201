-- Bringing registers in: whom their numbers mean here, how far an import has come, and what its files said.

-- A number by which somebody outside knows a practitioner. `system` is `rpps`, `npi`, `fhir:<source>` or `csv:<source>`.
CREATE TABLE practitioner_identifier (
    system           text   COLLATE "C" NOT NULL CHECK (length(system) BETWEEN 1 AND 100),
    value            text   COLLATE "C" NOT NULL CHECK (length(value) BETWEEN 1 AND 200),
    practitioner_id  uuid   NOT NULL REFERENCES practitioner,
    -- Digests of what the source last said, part by part and of the profile field by field: what it says again is not
    -- written again, so what the practice has changed since stays. Null: it has never said anything of this.
    said_profile     bigint[],
    said_places      bigint,
    said_hours       bigint,
    said_closures    bigint,
    said_visit_types bigint,
    -- The visit types that the source has made, so that one it no longer names can be ended and no other is.
    visit_type_names text[] NOT NULL DEFAULT '{}',
    -- The absences that the source has made, for the same reason.
    closures         tsrange[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (system, value)
);
-- Each source knows each practitioner once: otherwise two of its records would write over each other forever.
CREATE UNIQUE INDEX practitioner_identifier_practitioner ON practitioner_identifier (practitioner_id, system);

CREATE TABLE organization_identifier (
    system          text COLLATE "C" NOT NULL,
    value           text COLLATE "C" NOT NULL,
    organization_id uuid NOT NULL REFERENCES organization,
    -- The place that has named it, and how: when that place says another name, the organization gets it.
    named_by        text COLLATE "C" NOT NULL,
    said            text NOT NULL,
    PRIMARY KEY (system, value)
);

CREATE TABLE location_identifier (
    system      text   COLLATE "C" NOT NULL,
    value       text   COLLATE "C" NOT NULL,
    location_id uuid   NOT NULL REFERENCES location,
    said        bigint NOT NULL,
    PRIMARY KEY (system, value)
);
CREATE INDEX location_identifier_location ON location_identifier (location_id);
-- Whoever works at a place that moved is told, be they active or not.
CREATE INDEX practitioner_location_location ON practitioner_location (location_id);
DROP INDEX practitioner_first_location;
CREATE INDEX practitioner_first_location ON practitioner (location_id);

-- One import of some files. Each batch moves it on in the transaction that does the batch's work.
CREATE TABLE import_run (
    id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    system                  text        NOT NULL,
    format                  text        NOT NULL,
    -- Sizes, first and last megabytes of the files.
    fingerprint             bytea       NOT NULL,
    state                   text        NOT NULL DEFAULT 'reading'
        CHECK (state IN ('reading', 'placing', 'entering', 'reporting', 'done', 'abandoned')),
    -- Where reading goes on.
    file_no                 smallint    NOT NULL DEFAULT 0,
    bytes_done              bigint      NOT NULL DEFAULT 0,
    lines_done              bigint      NOT NULL DEFAULT 0,
    -- Up to which key the places, then the practitioners, are entered.
    entered_to              text        NOT NULL DEFAULT '',
    -- Lines by what became of them.
    read                    bigint      NOT NULL DEFAULT 0,
    created                 bigint      NOT NULL DEFAULT 0,
    updated                 bigint      NOT NULL DEFAULT 0,
    unchanged               bigint      NOT NULL DEFAULT 0,
    skipped                 bigint      NOT NULL DEFAULT 0,
    bad                     bigint      NOT NULL DEFAULT 0,
    practitioners_created   bigint      NOT NULL DEFAULT 0,
    practitioners_updated   bigint      NOT NULL DEFAULT 0,
    practitioners_unchanged bigint      NOT NULL DEFAULT 0,
    -- Why lines were skipped, and what was left out of lines that were taken: reason to count.
    skips                   jsonb       NOT NULL DEFAULT '{}',
    notices                 jsonb       NOT NULL DEFAULT '{}',
    started_at              timestamptz NOT NULL DEFAULT transaction_timestamp(),
    finished_at             timestamptz,
    -- No line is lost.
    CONSTRAINT import_adds_up CHECK (state <> 'done' OR read = created + updated + unchanged + skipped + bad)
);
CREATE INDEX import_run_fingerprint ON import_run (fingerprint);

-- What the lines say, until their practitioners are entered. One partition for a run, dropped at its end.
CREATE TABLE import_line (
    run_id  bigint   NOT NULL,
    -- Whose line it is; empty while only another line tells.
    person  text     COLLATE "C" NOT NULL,
    file_no smallint NOT NULL,
    line    bigint   NOT NULL,
    -- The line's own name, and the name of the line that tells whose this is.
    own     text     COLLATE "C",
    via     text     COLLATE "C",
    said    json     NOT NULL,
    PRIMARY KEY (run_id, person, file_no, line)
) PARTITION BY LIST (run_id);

CREATE TABLE import_place (
    run_id  bigint   NOT NULL,
    key     text     COLLATE "C" NOT NULL,
    -- Whether it is a line of its own, which is counted.
    is_line boolean  NOT NULL,
    -- The line that said it first.
    file_no smallint NOT NULL,
    line    bigint   NOT NULL,
    said    json     NOT NULL,
    PRIMARY KEY (run_id, key)
) PARTITION BY LIST (run_id);

-- Lines that could not be taken. Kept until the report is written.
CREATE TABLE import_finding (
    run_id  bigint   NOT NULL REFERENCES import_run,
    file_no smallint NOT NULL,
    line    bigint   NOT NULL,
    field   text     NOT NULL,
    reason  text     NOT NULL,
    excerpt text     NOT NULL,
    PRIMARY KEY (run_id, file_no, line)
);
