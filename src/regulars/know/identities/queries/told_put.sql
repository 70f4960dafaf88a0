-- These changes are taken in.
INSERT INTO persons_told
SELECT unnest($moves::BIGINT[]);
