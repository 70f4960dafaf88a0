-- How many people hold a position at a node or below it on a day? Each counts once.
WITH RECURSIVE below AS (
    SELECT id FROM org_node WHERE id = %(node)s
    UNION ALL
    SELECT p.node_id FROM below JOIN org_placement AS p ON p.parent_id = below.id
    WHERE daterange(p.valid_from, p.valid_to) @> %(day)s
)
SELECT count(DISTINCT staff_id) FROM org_position AS p JOIN below ON p.node_id = below.id
WHERE daterange(p.valid_from, p.valid_to) @> %(day)s
