-- Which pairs of this pass were seen together before, since when, and how do they stand?
SELECT int8send(s.no)
       || int8send(coalesce((extract(epoch FROM l.first_seen_at) * 1000000)::bigint, -1))
       || int8send(l.is_on_record::int) || int8send(l.is_held::int) AS packed
FROM paired AS s
CROSS JOIN LATERAL (
    SELECT first_seen_at, is_on_record, is_held FROM identities_link
    WHERE follower_id = s.follower_id AND followed_id = s.followed_id LIMIT 1
) AS l
