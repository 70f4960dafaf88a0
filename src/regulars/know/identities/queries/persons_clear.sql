-- Persons of whom something else is known now.
DELETE FROM persons
WHERE person_id IN (SELECT unnest($affected::BIGINT[]));
