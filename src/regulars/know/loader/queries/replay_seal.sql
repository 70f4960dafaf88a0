-- Batches that were loaded before stand as they stood.
INSERT INTO loaded_batches
SELECT
    unnest($ids::UUID[]),
    unnest($loaded_at::TIMESTAMPTZ[]),
    unnest($row_counts::BIGINT[]),
    unnest($reject_counts::BIGINT[]);
