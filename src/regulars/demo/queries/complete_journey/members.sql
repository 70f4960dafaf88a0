-- The households as members. Phones are of the range that is kept free for fiction: 555-01xx.
SELECT
    member_id,
    joined_on,
    'Household ' || member_id AS name,
    printf('+1%d55501%02d', 201 + (place - 1) // 100, (place - 1) % 100) AS phone,
    join_store_id,
    'store' AS join_channel,
    home_store_id,
    member_id AS household_id
FROM (
    SELECT *, row_number() OVER (ORDER BY CAST(member_id AS BIGINT)) AS place
    FROM homes
)
ORDER BY place
