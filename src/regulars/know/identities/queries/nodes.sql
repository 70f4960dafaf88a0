-- What is known of these identities?
SELECT id, kind, value_hash, person_id, follows_id, member_id, is_shared, is_exempt
FROM identities_identity WHERE id = ANY (%(ids)s::bigint[])
