-- Which lines of a relations file name nobody we know, or end before they start?
INSERT INTO rejected
SELECT line_no, 'member_id', 'unknown_member', member_id
FROM given AS g
WHERE NOT EXISTS (SELECT FROM members_member AS m WHERE m.code = g.member_id)
UNION ALL
SELECT line_no, 'staff_id', 'unknown_staff', staff_id
FROM given AS g
WHERE NOT EXISTS (SELECT FROM org_staff AS s WHERE s.code = g.staff_id)
UNION ALL
SELECT line_no, 'valid_to', 'ends_before_start', valid_to::text
FROM given WHERE valid_to <= valid_from
