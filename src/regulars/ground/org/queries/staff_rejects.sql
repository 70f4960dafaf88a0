-- Which lines of a staff file name a place that does not exist, or contradict each other?
WITH agreeing AS (
    SELECT staff_id, count(DISTINCT name) > 1 OR count(DISTINCT phone_hash) > 1 AS is_torn
    FROM given GROUP BY staff_id
)
INSERT INTO rejected
SELECT line_no, 'store_id', 'unknown_store', store_id
FROM given AS g
WHERE store_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM org_node AS n WHERE n.code = g.store_id AND n.kind = 'store')
UNION ALL
SELECT line_no, 'node_id', 'unknown_node', node_id
FROM given AS g
WHERE node_id IS NOT NULL AND NOT EXISTS (SELECT FROM org_node AS n WHERE n.code = g.node_id)
UNION ALL
SELECT line_no, 'store_id', 'needs_a_place', ''
FROM given WHERE store_id IS NULL AND node_id IS NULL AND position <> 'head_office'
UNION ALL
SELECT line_no, 'position', 'unknown_position', position
FROM given WHERE position <> ALL (%(positions)s)
UNION ALL
SELECT line_no, 'valid_to', 'ends_before_start', valid_to::text
FROM given WHERE valid_to <= valid_from
UNION ALL
SELECT line_no, 'staff_id', 'rows_differ', staff_id
FROM given JOIN agreeing USING (staff_id) WHERE is_torn
UNION ALL
SELECT line_no, 'phone', 'sealed_elsewhere', ''
FROM given WHERE phone_sealed IS NOT NULL AND phone_hash IS NULL
