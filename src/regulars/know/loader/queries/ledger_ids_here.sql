-- The batches of one stretch that the inbox says are loaded. (Postgres)
SELECT id
FROM collect_batch
WHERE
    state = 'loaded'
    AND (archive <> '' OR raw IS NOT NULL OR body IS NOT NULL OR file <> '')
    AND id BETWEEN %(first)s AND %(last)s;
