-- Links of these identities that no record bears out any more; who was linked. One that was also
-- seen stays, as seen.
WITH stale AS (
    SELECT l.follower_id, l.followed_id, l.first_seen_at
    FROM identities_link AS l
    JOIN identities_identity AS i ON i.id = l.follower_id
    JOIN identities_identity AS owner ON owner.id = l.followed_id
    JOIN members_member AS m ON m.id = owner.member_id
    WHERE l.is_on_record AND i.kind = 'phone'
      AND (l.follower_id = ANY (%(touched)s::bigint[]) OR l.followed_id = ANY (%(touched)s::bigint[]))
      AND (m.phone_hash IS DISTINCT FROM i.value_hash OR EXISTS (
               SELECT FROM members_member AS o
               WHERE o.phone_hash = i.value_hash AND o.id <> m.id))
), unseen AS (
    DELETE FROM identities_link AS l USING stale AS s
    WHERE l.follower_id = s.follower_id AND l.followed_id = s.followed_id
      AND s.first_seen_at IS NULL
), seen AS (
    UPDATE identities_link AS l SET is_on_record = FALSE FROM stale AS s
    WHERE l.follower_id = s.follower_id AND l.followed_id = s.followed_id
      AND s.first_seen_at IS NOT NULL
)
SELECT follower_id FROM stale UNION SELECT followed_id FROM stale
