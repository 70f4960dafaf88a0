-- How did the days like the open one go, place by place? No places named: at all. (Postgres)
SELECT node_id, days, by_cents, rest_cents, rest_half_cents, ahead_cents, ahead_half_cents
FROM live_course
JOIN live_state USING (business_on)
WHERE %(nodes)s::bigint[] IS NULL OR node_id = ANY(%(nodes)s)
