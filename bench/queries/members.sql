-- The chain's members as the loader would have left them in the warehouse.
INSERT INTO members BY NAME
WITH families AS (
    SELECT member_id AS code, max(coalesce(birth_on, due_on)) AS youngest_on
    FROM read_parquet($children)
    GROUP BY ALL
)
SELECT
    row_number() OVER () AS member_id,
    arriving.member_id AS code,
    arriving.joined_on,
    arriving.joined_on AS recorded_joined_on,
    homes.store_id AS home_store_id,
    joins.store_id AS join_store_id,
    join_channel,
    level,
    (youngest_on + to_months($age_range_months))::DATE AS graduates_on,
    phone IS NOT NULL AS is_phone_verified,
    youngest_on IS NOT NULL AS has_child_on_file
FROM read_parquet($members) AS arriving
LEFT JOIN families ON families.code = arriving.member_id
LEFT JOIN stores AS homes ON homes.code = home_store_id
LEFT JOIN stores AS joins ON joins.code = join_store_id;
