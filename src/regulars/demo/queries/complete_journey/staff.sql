-- Invented staff: heads of regions and branches, and a team in each store that is someone's home.
WITH people AS (
    SELECT
        printf('region-head-%d', region_no) AS staff_id,
        printf('Head of region %d (artificial)', region_no) AS name,
        'region_head' AS position,
        CAST(NULL AS VARCHAR) AS store_id,
        printf('region-%d', region_no) AS node_id
    FROM (SELECT DISTINCT region_no FROM groups)
    UNION ALL
    SELECT
        printf('branch-head-%02d', branch_no),
        printf('Head of branch %02d (artificial)', branch_no),
        'branch_head',
        NULL,
        printf('branch-%02d', branch_no)
    FROM (SELECT DISTINCT branch_no FROM groups)
    UNION ALL
    SELECT
        'manager-' || store_id,
        printf('Manager %s (artificial)', store_id),
        'store_manager',
        store_id,
        NULL
    FROM teams
    UNION ALL
    SELECT
        printf('consultant-%s-%d', store_id, consultant_no),
        printf('Consultant %s-%d (artificial)', store_id, consultant_no),
        'consultant',
        store_id,
        NULL
    FROM teams, unnest(range(1, consultants + 1)) AS numbers (consultant_no)
)
SELECT *, DATE '2016-01-01' AS valid_from
FROM people
ORDER BY staff_id
