-- Persons that were forgotten.
DELETE FROM persons
WHERE person_id IN (SELECT unnest($ids::BIGINT[]));
