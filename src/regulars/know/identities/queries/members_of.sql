-- Which members do these new identities name? A phone on many records is looked at no further than
-- the limit.
SELECT n.no, m.id, m.code, (m.joined_on - DATE '1970-01-01')::bigint * 86400000000
FROM newcomers AS n
CROSS JOIN LATERAL (
    (SELECT id, code, joined_on FROM members_member
     WHERE n.kind = 'phone' AND phone_hash = n.value_hash LIMIT %(most)s)
    UNION ALL
    (SELECT id, code, joined_on FROM members_member
     WHERE n.kind IN ('member', 'card') AND code = n.code LIMIT 1)
) AS m
