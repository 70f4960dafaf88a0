-- Who looks after each new member of a members file? Since the day she joined.
INSERT INTO members_relation (member_id, staff_id, valid_from)
SELECT i.id, s.id, least(g.joined_on, %(today)s)
FROM given AS g
JOIN incoming_members_member AS i USING (line_no)
JOIN org_staff AS s ON s.code = g.consultant_id
WHERE i.is_new
