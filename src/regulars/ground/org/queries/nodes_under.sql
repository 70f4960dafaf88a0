-- Which places are a node or hang below it on a day, and of what kind are they?
WITH RECURSIVE below AS (
    SELECT id FROM org_node WHERE id = %(node)s
    UNION ALL
    SELECT p.node_id FROM below JOIN org_placement AS p ON p.parent_id = below.id
    WHERE daterange(p.valid_from, p.valid_to) @> %(day)s
)
SELECT n.id, n.kind FROM below JOIN org_node AS n USING (id) ORDER BY n.id
