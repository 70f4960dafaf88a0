-- The stores, each in its artificial branch and region.
SELECT
    store_id,
    'Store ' || store_id AS name,
    printf('region-%d', region_no) AS region_id,
    printf('Region %d', region_no) AS region,
    printf('branch-%02d', branch_no) AS branch_id,
    printf('Branch %02d', branch_no) AS branch
FROM groups
ORDER BY CAST(store_id AS BIGINT)
