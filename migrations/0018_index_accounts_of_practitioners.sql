-- no-transaction
-- A practice sees which of its practitioners sign in.
CREATE INDEX CONCURRENTLY IF NOT EXISTS account_practitioner ON account (practitioner_id);
