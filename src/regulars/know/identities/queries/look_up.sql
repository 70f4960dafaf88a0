-- Which of the identities of this pass are known, as whom, and seen when? LIMIT 1 makes Postgres look
-- each one up by its index: a join might read all there are.
SELECT int8send(s.no) || int8send(i.id) || int8send(i.person_id)
       || int8send((extract(epoch FROM i.first_seen_at) * 1000000)::bigint)
       || int8send((extract(epoch FROM i.last_seen_at) * 1000000)::bigint) AS packed
FROM sighted AS s
CROSS JOIN LATERAL (
    SELECT id, person_id, first_seen_at, last_seen_at
    FROM identities_identity WHERE value_hash = s.value_hash AND kind = s.kind LIMIT 1
) AS i
