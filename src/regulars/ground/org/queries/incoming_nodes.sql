-- Which nodes does a stores file speak of? Regions and branches are known by id, or else by name.
WITH places AS (
    SELECT line_no, store_id AS code, name, 'store' AS kind FROM given
    UNION ALL
    SELECT NULL, branch_id, branch, 'branch' FROM given WHERE branch_id IS NOT NULL
    UNION ALL
    SELECT NULL, region_id, region, 'region' FROM given WHERE region_id IS NOT NULL
), named AS (
    SELECT DISTINCT ON (code) * FROM places ORDER BY code, name
)
SELECT named.line_no, coalesce(n.id, nextval('org_node_id_seq')) AS id, n.id IS NULL AS is_new,
       named.code, coalesce(named.name, CASE WHEN n.id IS NULL THEN named.code END) AS name,
       named.kind
FROM named LEFT JOIN org_node AS n USING (code)
