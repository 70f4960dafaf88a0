-- What does a children file say of each child?
SELECT g.line_no, coalesce(c.id, nextval('members_child_id_seq')) AS id, c.id IS NULL AS is_new,
       m.id AS member_id, g.child_id AS code, g.birth_on, g.due_on, g.gender, g.is_confirmed
FROM given AS g
JOIN members_member AS m ON m.code = g.member_id
LEFT JOIN members_child AS c ON c.member_id = m.id AND c.code = g.child_id
