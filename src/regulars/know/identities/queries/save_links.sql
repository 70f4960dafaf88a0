-- Links that were seen earlier than known, stand on a record now, or are held or no longer.
UPDATE identities_link AS l
SET first_seen_at = to_timestamp(n.first_us / 1000000.0), is_on_record = n.is_on_record,
    is_held = n.is_held
FROM unnest(%(followers)s::bigint[], %(followed)s::bigint[], %(first_us)s::bigint[],
            %(on_record)s::boolean[], %(held)s::boolean[])
    AS n (follower_id, followed_id, first_us, is_on_record, is_held)
WHERE l.follower_id = n.follower_id AND l.followed_id = n.followed_id
