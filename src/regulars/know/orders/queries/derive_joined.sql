-- Nobody joins after the first purchase; where that has moved or gone, what the record says holds
-- again.
UPDATE members
SET joined_on = told.joined_on
FROM (
    SELECT member_id, least(recorded_joined_on, min(chains.joined_on)) AS joined_on
    FROM members
    SEMI JOIN touched_members USING (member_id)
    LEFT JOIN chains USING (member_id)
    GROUP BY member_id, recorded_joined_on
) AS told
WHERE told.member_id = members.member_id AND told.joined_on IS DISTINCT FROM members.joined_on;
