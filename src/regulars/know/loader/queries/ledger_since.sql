-- What was loaded since a place in the order of loading, itself included. (Postgres)
SELECT id
FROM collect_batch
WHERE
    state = 'loaded'
    AND (archive <> '' OR raw IS NOT NULL OR body IS NOT NULL OR file <> '')
    AND (loaded_at, id) >= (%(loaded_at)s, %(id)s);
