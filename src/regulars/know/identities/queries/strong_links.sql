-- Which links that count by themselves lead from or to these identities?
SELECT follower_id, followed_id, (extract(epoch FROM first_seen_at) * 1000000)::bigint,
       is_on_record, is_held, is_strong
FROM identities_link WHERE is_strong AND follower_id = ANY (%(ids)s::bigint[])
UNION
SELECT follower_id, followed_id, (extract(epoch FROM first_seen_at) * 1000000)::bigint,
       is_on_record, is_held, is_strong
FROM identities_link WHERE is_strong AND followed_id = ANY (%(ids)s::bigint[])
