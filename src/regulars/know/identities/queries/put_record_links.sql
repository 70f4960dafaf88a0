-- Phones and cards of these identities belong to the one member whose record names them; who is
-- linked.
WITH named AS (
    SELECT i.id, min(m.id) AS member_id
    FROM identities_identity AS i JOIN members_member AS m ON m.phone_hash = i.value_hash
    WHERE i.id = ANY (%(touched)s::bigint[]) AND i.kind = 'phone'
    GROUP BY i.id HAVING count(*) = 1
    UNION ALL
    SELECT i.id, m.id
    FROM identities_identity AS i JOIN members_member AS m ON m.code = i.hint
    WHERE i.id = ANY (%(touched)s::bigint[]) AND i.kind = 'card'
), linked AS (
    INSERT INTO identities_link
        (follower_id, followed_id, is_on_record, is_strong, is_held, is_reviewed)
    SELECT n.id, owner.id, TRUE, TRUE, FALSE, FALSE
    FROM named AS n
    JOIN identities_identity AS owner ON owner.member_id = n.member_id AND owner.kind = 'member'
    ON CONFLICT (follower_id, followed_id) DO UPDATE SET is_on_record = TRUE
        WHERE NOT identities_link.is_on_record
    RETURNING follower_id, followed_id
)
SELECT follower_id FROM linked UNION SELECT followed_id FROM linked
