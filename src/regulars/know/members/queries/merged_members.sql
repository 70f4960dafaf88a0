-- Which of these members go on as another one?
SELECT id, code, merged_into_id
FROM members_member WHERE id = ANY (%(ids)s::bigint[]) AND merged_into_id IS NOT NULL
ORDER BY id
