-- With whom were these weak identities seen?
SELECT follower_id, followed_id, (extract(epoch FROM first_seen_at) * 1000000)::bigint,
       is_on_record, is_held, is_strong
FROM identities_link WHERE follower_id = ANY (%(ids)s::bigint[])
