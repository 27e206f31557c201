-- no-transaction
-- A practice reads its trail from the latest backwards.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_organization ON audit (organization_id, at, id) WHERE organization_id IS NOT NULL;
