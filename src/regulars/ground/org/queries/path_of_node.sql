-- What stands above a node on a day, from the top down, the node itself last?
WITH RECURSIVE above AS (
    SELECT id, 0 AS steps FROM org_node WHERE id = %(node)s
    UNION ALL
    SELECT p.parent_id, above.steps + 1
    FROM above JOIN org_placement AS p ON p.node_id = above.id
    WHERE daterange(p.valid_from, p.valid_to) @> %(day)s
)
SELECT n.* FROM above JOIN org_node AS n USING (id) ORDER BY above.steps DESC
