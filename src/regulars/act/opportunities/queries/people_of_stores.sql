-- What are these stores called, and how many people serve members there on a day?
SELECT n.id, n.name, count(DISTINCT p.staff_id)
FROM org_node AS n
LEFT JOIN org_position AS p
    ON p.node_id = n.id AND p.kind IN ('consultant', 'store_manager')
    AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
WHERE n.id = ANY(%(ids)s)
GROUP BY n.id, n.name;
