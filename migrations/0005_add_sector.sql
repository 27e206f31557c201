-- What statutory health insurance has agreed on with a practitioner: a code of the region's pack, or unknown.
ALTER TABLE practitioner ADD COLUMN sector text CHECK (sector ~ '^[a-z0-9][a-z0-9-]{0,39}$');
