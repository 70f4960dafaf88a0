-- Which weak identities were seen with these?
SELECT i.id, kind, value_hash, person_id, follows_id, member_id, is_shared, is_exempt
FROM identities_link AS l JOIN identities_identity AS i ON i.id = l.follower_id
WHERE l.followed_id = ANY (%(ids)s::bigint[]) AND NOT l.is_strong
