-- These batches are in: their ids stand with their facts.
INSERT INTO loaded_batches
SELECT
    batch_id,
    now(),
    row_count,
    (SELECT count(DISTINCT line_no) FROM batch_rejects WHERE batch_rejects.batch_id = sealed.batch_id)
FROM (SELECT unnest($ids::UUID[]) AS batch_id, unnest($row_counts::BIGINT[]) AS row_count) AS sealed;
