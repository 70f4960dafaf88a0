-- Identities of members who were never seen under their ids.
INSERT INTO identities_identity
    (id, kind, value_hash, hint, person_id, member_id, source, first_seen_at, last_seen_at,
     is_shared, is_exempt, is_reviewed)
SELECT id, 'member', value_hash, code, id, member_id, 'members', now(), now(), FALSE, FALSE, FALSE
FROM unnest(%(ids)s::bigint[], %(hashes)s::bytea[], %(codes)s::text[], %(members)s::bigint[])
    AS t (id, value_hash, code, member_id)
ON CONFLICT DO NOTHING
