-- Which identities do these members' records touch: their own, their phones, their cards, and
-- what stood on their records before?
WITH own AS (
    SELECT id, member_id FROM identities_identity
    WHERE member_id = ANY (%(members)s::bigint[])
)
SELECT id FROM own
UNION
SELECT i.id
FROM members_member AS m JOIN identities_identity AS i ON i.value_hash = m.phone_hash AND i.kind = 'phone'
WHERE m.id = ANY (%(members)s::bigint[])
UNION
SELECT unnest(%(cards)s::bigint[])
UNION
SELECT l.follower_id FROM identities_link AS l JOIN own ON own.id = l.followed_id
WHERE l.is_on_record
