-- Which lines of a children file have no member, or no date?
INSERT INTO rejected
SELECT line_no, 'member_id', 'unknown_member', member_id
FROM given AS g
WHERE NOT EXISTS (SELECT FROM members_member AS m WHERE m.code = g.member_id)
UNION ALL
SELECT line_no, 'birth_on', 'needs_a_date', ''
FROM given AS g
WHERE birth_on IS NULL AND due_on IS NULL
  AND NOT EXISTS (
      SELECT FROM members_child AS c JOIN members_member AS m ON m.id = c.member_id
      WHERE m.code = g.member_id AND c.code = g.child_id)
UNION ALL
SELECT line_no, 'gender', 'unknown_gender', gender FROM given WHERE gender NOT IN ('f', 'm')
