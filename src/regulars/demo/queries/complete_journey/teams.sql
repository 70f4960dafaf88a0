-- How many members is each store home to, and how many consultants has it for them?
SELECT store_id, branch_no, region_no, members, 1 + (members - 1) // 40 AS consultants
FROM groups
JOIN (SELECT home_store_id AS store_id, count(*) AS members FROM homes GROUP BY ALL)
    USING (store_id)
