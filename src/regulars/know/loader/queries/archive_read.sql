-- Batches whole, as the archive keeps them. (Postgres)
SELECT
    id::text AS id, kind, source, body::text AS body, raw, layout::text AS layout, file, first_row,
    last_row, import_id, received_at, loaded_at, row_count, reject_count
FROM collect_batch
WHERE id = ANY(%(ids)s)
ORDER BY id;
