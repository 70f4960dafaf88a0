-- The inbox learns what the warehouse has taken in, and when: by that a rebuild goes in the same
-- order. A batch is marked once. (Postgres)
UPDATE collect_batch AS batch
SET state = 'loaded', loaded_at = loaded.loaded_at, row_count = loaded.row_count,
    reject_count = loaded.reject_count, error = ''
FROM loaded
WHERE batch.id = loaded.batch_id::uuid AND batch.state <> 'loaded'
