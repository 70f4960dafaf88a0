-- Every store.
SELECT n.id, n.code, n.name, s.format, s.area_m2, s.opened_on, s.closed_on
FROM org_store AS s JOIN org_node AS n ON n.id = s.node_id
ORDER BY n.id
