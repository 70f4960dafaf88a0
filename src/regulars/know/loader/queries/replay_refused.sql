-- Lines of these batches that were refused when they were loaded, whatever has become of them. (Postgres)
SELECT DISTINCT batch_id::text AS batch_id, line_no
FROM collect_reject
WHERE batch_id = ANY(%(ids)s)
