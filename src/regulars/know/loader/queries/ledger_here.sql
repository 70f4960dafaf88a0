-- What the inbox says is loaded: how many batches in each quarter of an hour of receipt, and a
-- checksum of their ids. Rows that were refused before they could be loaded are in no warehouse.
-- (Postgres)
SELECT
    left(id::text, 7) AS stretch,
    count(*) AS n,
    bit_xor(('x' || right(id::text, 12))::bit(48)::bigint) AS checksum
FROM collect_batch
WHERE state = 'loaded' AND (archive <> '' OR raw IS NOT NULL OR body IS NOT NULL OR file <> '')
GROUP BY 1;
