-- The children of these members, and of those merged into them.
SELECT coalesce(m.merged_into_id, m.id), c.birth_on, c.due_on, c.is_confirmed
FROM members_child AS c JOIN members_member AS m ON m.id = c.member_id
WHERE (c.member_id = ANY (%(ids)s::bigint[]) AND m.merged_into_id IS NULL)
   OR m.id IN (SELECT id FROM members_member WHERE merged_into_id = ANY (%(ids)s::bigint[]))
ORDER BY 1, c.id
