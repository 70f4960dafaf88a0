-- Member ids that were seen before there was such a member.
UPDATE identities_identity AS i SET member_id = t.member_id
FROM unnest(%(ids)s::bigint[], %(members)s::bigint[]) AS t (id, member_id)
WHERE i.id = t.id AND i.member_id IS DISTINCT FROM t.member_id
