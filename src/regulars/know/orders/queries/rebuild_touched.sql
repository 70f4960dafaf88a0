-- Everyone with a ticket, for a rebuild of all chains.
INSERT INTO touched_members
SELECT DISTINCT member_id
FROM tickets
WHERE member_id IS NOT NULL;
