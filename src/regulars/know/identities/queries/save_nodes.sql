-- Identities that belong to somebody else now, or to nobody.
UPDATE identities_identity AS i
SET person_id = n.person_id, follows_id = n.follows_id, is_shared = n.is_shared
FROM unnest(%(ids)s::bigint[], %(persons)s::bigint[], %(follows)s::bigint[], %(shared)s::boolean[])
    AS n (id, person_id, follows_id, is_shared)
WHERE i.id = n.id
