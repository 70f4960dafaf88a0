-- What does a stores file say of each store itself?
SELECT g.line_no, n.id AS node_id, s.node_id IS NULL AS is_new,
       g.format, g.area_m2, g.opened_on, g.closed_on
FROM given AS g
JOIN incoming_org_node AS n ON n.code = g.store_id
LEFT JOIN org_store AS s ON s.node_id = n.id
