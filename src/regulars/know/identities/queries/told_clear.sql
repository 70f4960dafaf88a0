-- Postgres knows of these.
DELETE FROM persons_told
WHERE move_id IN (SELECT unnest($told::BIGINT[]));
