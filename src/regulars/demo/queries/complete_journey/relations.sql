-- Which consultant of the home store looks after each member, dealt in turn.
SELECT
    member_id,
    printf('consultant-%s-%d', store_id, 1 + (place - 1) % consultants) AS staff_id,
    joined_on AS valid_from
FROM (
    SELECT
        member_id,
        home_store_id AS store_id,
        joined_on,
        row_number() OVER (PARTITION BY home_store_id ORDER BY CAST(member_id AS BIGINT)) AS place
    FROM homes
)
JOIN teams USING (store_id)
ORDER BY CAST(member_id AS BIGINT)
