-- no-transaction
-- An operator looks for the dead ones among many that are done.
CREATE INDEX CONCURRENTLY IF NOT EXISTS job_dead ON job (kind) WHERE state = 'dead';
