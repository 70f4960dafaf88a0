-- The batches of one stretch that the warehouse holds.
SELECT batch_id
FROM loaded_batches
WHERE batch_id BETWEEN $first::UUID AND $last::UUID;
