-- What these batches reject. Postgres takes no NUL into a text: U+FFFD stands in its place.
SELECT * REPLACE (replace(value, chr(0), chr(65533)) AS value)
FROM batch_rejects
WHERE batch_id IN (SELECT unnest($ids::UUID[]));
