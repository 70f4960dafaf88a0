-- Whoever works something out of a member's purchases is told that they changed.
INSERT INTO changed_members (member_id)
SELECT DISTINCT member_id
FROM touched_members;
