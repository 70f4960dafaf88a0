-- Who manages each of these stores on a day? Whoever is on shift first, then who came first.
SELECT DISTINCT ON (p.node_id) p.node_id, p.staff_id
FROM org_position AS p
LEFT JOIN actions_shift AS s ON s.node_id = p.node_id AND s.staff_id = p.staff_id AND s."on" = %(day)s
WHERE p.kind = 'store_manager' AND p.node_id = ANY (%(stores)s)
  AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
ORDER BY p.node_id, s.staff_id IS NULL, p.valid_from, p.staff_id
