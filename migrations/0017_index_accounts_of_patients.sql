-- no-transaction
-- Whose account it is, is asked with each visit to the account's page, and of everybody in somebody's care.
CREATE INDEX CONCURRENTLY IF NOT EXISTS account_patient ON account (patient_id);
