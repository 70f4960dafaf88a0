-- Which of these persons are which members from now on? Returns those of whom something changed.
WITH told AS (
    SELECT * FROM unnest(%(persons)s::bigint[], %(members)s::bigint[]) AS t (id, member_id)
)
INSERT INTO identities_person (id, member_id)
SELECT id, member_id FROM told
ON CONFLICT (id) DO UPDATE SET member_id = excluded.member_id
    WHERE identities_person.member_id <> excluded.member_id
RETURNING id
