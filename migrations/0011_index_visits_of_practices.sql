-- no-transaction
-- A practice's patients are those who have visits with it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS appointment_organization_patient ON appointment (organization_id, patient_id);
