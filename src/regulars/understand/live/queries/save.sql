-- The counts of a pass; what is as it was keeps its revision. (Postgres)
INSERT INTO live_number AS known
    (node_id, business_on, net_cents, tickets, buyers, earlier_cents, revision)
SELECT node, %(day)s, net_cents, tickets, buyers, coalesce(earlier_cents, 0), %(revision)s
FROM unnest(
    %(nodes)s::bigint[], %(net_cents)s::bigint[], %(tickets)s::bigint[], %(buyers)s::bigint[],
    %(earlier_cents)s::bigint[]
) AS counted (node, net_cents, tickets, buyers, earlier_cents)
JOIN org_node ON org_node.id = node
-- Without a look at the days before, what is known of them stands.
ON CONFLICT (node_id) DO UPDATE SET
    business_on = excluded.business_on,
    net_cents = excluded.net_cents,
    tickets = excluded.tickets,
    buyers = excluded.buyers,
    earlier_cents = CASE
        WHEN %(has_earlier)s THEN excluded.earlier_cents ELSE known.earlier_cents
    END,
    revision = excluded.revision
WHERE
    (known.business_on, known.net_cents, known.tickets, known.buyers)
        IS DISTINCT FROM
        (excluded.business_on, excluded.net_cents, excluded.tickets, excluded.buyers)
    OR (%(has_earlier)s AND known.earlier_cents <> excluded.earlier_cents)
