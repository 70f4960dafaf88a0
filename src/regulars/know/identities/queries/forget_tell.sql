-- Members whose events are about to be nobody's: whoever works something out of them is told.
INSERT INTO changed_members (member_id)
SELECT DISTINCT member_id
FROM persons
WHERE
    member_id IS NOT NULL
    AND person_id IN (SELECT person_id FROM events WHERE identity_id IN (SELECT unnest($ids::BIGINT[])));
