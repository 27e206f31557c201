-- What practitioners tell patients about themselves and their work, in their own words.
ALTER TABLE practitioner ADD COLUMN about text CHECK (length(about) BETWEEN 1 AND 2000);
