-- Whose purchases changed? Members of the tickets that went in, and of those they took the place of.
INSERT INTO touched_members
SELECT DISTINCT member_id
FROM (
    SELECT member_id FROM placed WHERE fault IS NULL AND fate <> 'ignore'
    UNION ALL
    SELECT tickets.member_id
    FROM tickets
    JOIN placed USING (ticket_id)
    WHERE placed.fault IS NULL AND fate IN ('replace', 'append')
)
WHERE member_id IS NOT NULL;
