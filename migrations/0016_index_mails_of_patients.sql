-- no-transaction
-- A patient takes their mails along, and deletes them with the account.
CREATE INDEX CONCURRENTLY IF NOT EXISTS mail_patient ON mail (patient_id) WHERE patient_id IS NOT NULL;
