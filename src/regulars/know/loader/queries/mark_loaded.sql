-- The inbox learns what the warehouse has taken in, and when: by that a rebuild goes in the same
-- order. A batch is marked once. Told: how many, and how long they waited since their receipt.
-- (Postgres)
WITH marked AS (
    UPDATE collect_batch AS batch
    SET state = 'loaded', loaded_at = loaded.loaded_at, row_count = loaded.row_count,
        reject_count = loaded.reject_count, error = ''
    FROM loaded
    WHERE batch.id = loaded.batch_id::uuid AND batch.state <> 'loaded'
    RETURNING extract(epoch FROM clock_timestamp() - batch.received_at)::float8 AS waited
)
SELECT count(*), coalesce(sum(waited), 0), coalesce(max(waited), 0) FROM marked
