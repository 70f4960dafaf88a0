-- The amounts of a version (PostgreSQL), out of the temporary table that they were copied to.
INSERT INTO targets_node (
    version_id, node_id, category_id, month_on, part, members, buyers, tickets, lines, units, net_cents
)
SELECT
    %(version)s, node_id, category_id, month_on, part, members, buyers, tickets, lines, units, net_cents
FROM targets_incoming
