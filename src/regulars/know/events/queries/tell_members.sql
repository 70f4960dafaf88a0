-- Members whose events these are: whoever works something out of them is told.
INSERT INTO changed_members (member_id)
SELECT DISTINCT member_id
FROM persons
SEMI JOIN desk.arriving_persons USING (person_id)
WHERE member_id IS NOT NULL;
