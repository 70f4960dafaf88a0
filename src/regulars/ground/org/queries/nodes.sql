-- Every place, and what it hangs under on a day (the parameter).
SELECT n.id, n.code, n.name, n.kind, p.parent_id
FROM org_node AS n
LEFT JOIN org_placement AS p
    ON p.node_id = n.id AND daterange(p.valid_from, p.valid_to) @> %s
ORDER BY n.id
