-- Which lines of a stores file contradict the organisation or themselves?
WITH places AS (
    SELECT line_no, 'store_id' AS "column", store_id AS code, 'store' AS kind FROM given
    UNION ALL
    SELECT line_no, 'branch_id', branch_id, 'branch' FROM given WHERE branch_id IS NOT NULL
    UNION ALL
    SELECT line_no, 'region_id', region_id, 'region' FROM given WHERE region_id IS NOT NULL
), kinds AS (
    SELECT code, kind FROM places UNION SELECT code, kind FROM org_node
), torn_branches AS (
    SELECT branch_id FROM given GROUP BY branch_id HAVING count(DISTINCT region_id) > 1
)
INSERT INTO rejected
SELECT line_no, "column", 'code_of_another_kind', code
FROM places AS p
WHERE EXISTS (SELECT FROM kinds AS k WHERE k.code = p.code AND k.kind <> p.kind)
UNION ALL
SELECT line_no, 'region_id', 'branch_in_two_regions', region_id
FROM given JOIN torn_branches USING (branch_id)
UNION ALL
SELECT line_no, 'area_m2', 'out_of_range', area_m2::text
FROM given WHERE area_m2 NOT BETWEEN 0 AND 2147483647
UNION ALL
SELECT line_no, 'closed_on', 'ends_before_start', g.closed_on::text
FROM given AS g
LEFT JOIN org_node AS n ON n.code = g.store_id
LEFT JOIN org_store AS s ON s.node_id = n.id
WHERE coalesce(g.closed_on, s.closed_on) < coalesce(g.opened_on, s.opened_on)
