-- What stands above each of these nodes on a day? Every node stands above itself.
WITH RECURSIVE above AS (
    SELECT id AS above_id, id AS node_id FROM org_node WHERE id = ANY(%(nodes)s)
    UNION ALL
    SELECT p.parent_id, above.node_id
    FROM above JOIN org_placement AS p ON p.node_id = above.above_id
    WHERE daterange(p.valid_from, p.valid_to) @> %(day)s
)
SELECT above_id, node_id FROM above ORDER BY above_id, node_id
