-- A token carries the number that its account had; a new password, "sign out elsewhere" and leaving a practice raise it,
-- and tokens with another number are over.
ALTER TABLE account ADD COLUMN token_version integer NOT NULL DEFAULT 1;
