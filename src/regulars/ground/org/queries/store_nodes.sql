-- Which stores hang below each node, and when? Every store is below itself, always.
WITH RECURSIVE paths AS (
    SELECT id AS node_id, id AS store_id, daterange(NULL, NULL) AS period
    FROM org_node WHERE kind = 'store'
    UNION ALL
    SELECT p.parent_id, paths.store_id, paths.period * daterange(p.valid_from, p.valid_to)
    FROM paths JOIN org_placement AS p ON p.node_id = paths.node_id
    WHERE paths.period && daterange(p.valid_from, p.valid_to)
), spells AS (
    SELECT node_id, store_id, unnest(range_agg(period)) AS period
    FROM paths GROUP BY node_id, store_id
)
SELECT node_id, store_id,
       coalesce(lower(period), DATE '0001-01-01') AS valid_from,
       coalesce(upper(period), DATE '9999-12-31') AS valid_to
FROM spells ORDER BY node_id, store_id, valid_from
