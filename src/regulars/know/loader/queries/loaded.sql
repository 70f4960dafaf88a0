-- What became of these batches?
SELECT batch_id::VARCHAR AS batch_id, loaded_at, row_count, reject_count
FROM loaded_batches
WHERE batch_id IN (SELECT unnest($ids::UUID[]));
