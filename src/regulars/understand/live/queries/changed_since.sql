-- Which places' numbers changed after a revision, and to what? No places named: of all. (Postgres)
SELECT
    node_id AS node, code, business_on, net_cents, tickets, buyers, earlier_cents, revision
FROM live_number
JOIN org_node ON org_node.id = node_id
WHERE revision > %(after)s AND (%(nodes)s::bigint[] IS NULL OR node_id = ANY(%(nodes)s))
