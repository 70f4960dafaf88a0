-- When were these identities seen first and last?
UPDATE identities_identity AS i
SET first_seen_at = least(first_seen_at, to_timestamp(n.first_us / 1000000.0)),
    last_seen_at = greatest(last_seen_at, to_timestamp(n.last_us / 1000000.0))
FROM unnest(%(ids)s::bigint[], %(first_us)s::bigint[], %(last_us)s::bigint[])
    AS n (id, first_us, last_us)
WHERE i.id = n.id
