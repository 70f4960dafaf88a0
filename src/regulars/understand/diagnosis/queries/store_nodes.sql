-- Which stores hang below each node on a day, and what kind of place is it?
SELECT node_id, any_value(kind) AS kind, list_sort(list(store_id)) AS stores
FROM store_nodes
JOIN nodes USING (node_id)
WHERE valid_from <= $as_of AND valid_to > $as_of
GROUP BY node_id
ORDER BY node_id;
