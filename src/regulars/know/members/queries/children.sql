-- The children of these members.
SELECT member_id, birth_on, due_on, is_confirmed
FROM members_child WHERE member_id = ANY (%(ids)s::bigint[])
ORDER BY member_id, id
