-- Which loaded batches stand in the inbox with what they brought, the oldest first, and how large
-- are they? (Postgres)
SELECT
    id,
    (received_at AT TIME ZONE 'UTC')::date AS received_on,
    -- A body lies compressed: it is about four times as large when it is read.
    coalesce(octet_length(raw), 0) + coalesce(4 * pg_column_size(body), 0) AS bytes
FROM collect_batch
WHERE
    state = 'loaded'
    AND archive = ''
    AND loaded_at < %(before)s
    AND (raw IS NOT NULL OR body IS NOT NULL OR file <> '')
ORDER BY id
LIMIT %(limit)s;
