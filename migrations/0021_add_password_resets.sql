-- A link with which somebody who has forgotten their password chooses another. It holds 256 random bits; only their SHA-256
-- stands here. The row goes when the link is used, ended or over.
CREATE TABLE password_reset (
    account_id uuid        NOT NULL REFERENCES account,
    -- Its place among the account's open links, so that the key itself is the limit.
    place      smallint    NOT NULL CHECK (place BETWEEN 1 AND 3),
    token_hash bytea       NOT NULL UNIQUE,
    -- The mail that carries the link, whose words nobody may read back while the link counts.
    mail_id    uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, place)
);
