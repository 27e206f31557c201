-- no-transaction
-- And those whom it entered.
CREATE INDEX CONCURRENTLY IF NOT EXISTS patient_registered_by ON patient (registered_by);
