-- What do these places' numbers stand at, as of when, and how did the days like the open one go?
-- Without a course where too little is known of such days. (Postgres)
SELECT
    s.as_of,
    n.node_id, o.code, n.business_on, n.net_cents, n.tickets, n.buyers, n.earlier_cents, n.revision,
    c.days, c.by_cents, c.rest_cents, c.rest_half_cents, c.ahead_cents, c.ahead_half_cents
FROM live_number AS n
JOIN org_node AS o ON o.id = n.node_id
CROSS JOIN live_state AS s
LEFT JOIN live_course AS c ON c.node_id = n.node_id AND c.business_on = s.business_on
WHERE n.node_id = ANY(%(nodes)s)
