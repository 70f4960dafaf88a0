-- Which places are there on a day (PostgreSQL), each after the place it hangs under: who trades then?
WITH RECURSIVE hung AS (
    SELECT id, NULL::BIGINT AS parent_id, 0 AS depth
    FROM org_node
    WHERE kind = 'head_office'
    UNION ALL
    SELECT placement.node_id, placement.parent_id, hung.depth + 1
    FROM hung
    JOIN org_placement AS placement ON placement.parent_id = hung.id
    WHERE placement.valid_from <= %(day)s AND (placement.valid_to IS NULL OR placement.valid_to > %(day)s)
)
SELECT hung.id, hung.parent_id
FROM hung
JOIN org_node AS node ON node.id = hung.id
LEFT JOIN org_store AS store ON store.node_id = hung.id
WHERE store.closed_on IS NULL OR store.closed_on > %(day)s
ORDER BY hung.depth, node.name, node.code
