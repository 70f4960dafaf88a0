-- Members who lose events, or to whom they come: whoever works something out of them is told.
INSERT INTO changed_members (member_id)
SELECT DISTINCT member_id
FROM persons
WHERE person_id IN (SELECT unnest($affected::BIGINT[])) AND member_id IS NOT NULL;
