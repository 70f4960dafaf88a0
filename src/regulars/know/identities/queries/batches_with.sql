-- Which batches brought events of these identities?
SELECT DISTINCT batch_id::VARCHAR AS batch_id
FROM events
WHERE identity_id IN (SELECT unnest($ids::BIGINT[])) AND batch_id IS NOT NULL;
