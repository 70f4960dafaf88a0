-- Which identities follow these?
SELECT id, kind, value_hash, person_id, follows_id, member_id, is_shared, is_exempt
FROM identities_identity WHERE follows_id = ANY (%(ids)s::bigint[])
