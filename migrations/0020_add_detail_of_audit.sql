-- What a row says beyond its action: a move's two times and practitioners, since the record itself knows only the last.
ALTER TABLE audit ADD COLUMN detail jsonb;
