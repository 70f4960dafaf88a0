-- Who would look after each member when: what the file says and what is on record beside it? An
-- open end is the start of the next one. `line_no` is null for what is on record alone.
WITH told AS (
    SELECT g.line_no, r.id AS relation_id, m.id AS member_id, s.id AS staff_id, g.valid_from,
           coalesce(g.valid_to, r.valid_to) AS valid_to
    FROM given AS g
    JOIN members_member AS m ON m.code = g.member_id
    JOIN org_staff AS s ON s.code = g.staff_id
    LEFT JOIN members_relation AS r ON r.member_id = m.id AND r.valid_from = g.valid_from
), spells_told AS (
    SELECT * FROM told
    UNION ALL
    SELECT NULL, r.id, r.member_id, r.staff_id, r.valid_from, r.valid_to
    FROM members_relation AS r
    WHERE r.member_id IN (SELECT member_id FROM told)
      AND NOT EXISTS (SELECT FROM told WHERE told.relation_id = r.id)
), followed AS (
    SELECT *, lead(valid_from) OVER (PARTITION BY member_id ORDER BY valid_from) AS next_from
    FROM spells_told
)
INSERT INTO spells (line_no, relation_id, member_id, staff_id, valid_from, valid_to, next_from)
SELECT line_no, relation_id, member_id, staff_id, valid_from, coalesce(valid_to, next_from),
       next_from
FROM followed
