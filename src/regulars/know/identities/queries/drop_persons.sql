-- Which of these persons are no longer the members they were?
DELETE FROM identities_person AS p
WHERE p.id = ANY (%(affected)s::bigint[])
  AND NOT EXISTS (
      SELECT FROM unnest(%(persons)s::bigint[], %(members)s::bigint[]) AS t (id, member_id)
      WHERE t.id = p.id AND t.member_id = p.member_id)
RETURNING id
