-- Which persons are which members?
INSERT INTO persons
SELECT unnest($ids::BIGINT[]), unnest($members::BIGINT[]);
