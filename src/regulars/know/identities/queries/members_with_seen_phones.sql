-- Which of these members have a phone that was seen?
SELECT m.code, m.id
FROM members_member AS m
WHERE m.id = ANY (%(members)s::bigint[])
  AND EXISTS (SELECT FROM identities_identity AS i
              WHERE i.value_hash = m.phone_hash AND i.kind = 'phone')
