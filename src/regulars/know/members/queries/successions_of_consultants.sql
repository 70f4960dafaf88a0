-- Who looks after each known member of a members file? A first one since the day she joined,
-- another one from today.
INSERT INTO successions (line_no, owner_id, holder_id, from_on)
SELECT g.line_no, i.id, s.id,
       CASE WHEN EXISTS (SELECT FROM members_relation AS r WHERE r.member_id = i.id)
            THEN %(today)s ELSE least(m.joined_on, %(today)s) END
FROM given AS g
JOIN incoming_members_member AS i USING (line_no)
JOIN members_member AS m ON m.id = i.id
JOIN org_staff AS s ON s.code = g.consultant_id
WHERE NOT i.is_new
