-- Which members came due in a category, and bought it again by the due day and a week's grace? Due =
-- the day of purchase plus the goods' replenishment days for every unit: stocking up moves it.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
purchases AS (
    SELECT member_id, category_id, business_on, sum(units * replenish_days) AS lasts_days
    FROM order_lines
    JOIN products USING (product_id)
    JOIN members USING (member_id)
    WHERE
        replenish_days IS NOT NULL AND quantity > 0 AND business_on < $today
        AND ($is_chain OR home_store_id IN (FROM places))
    GROUP BY ALL
),
dues AS (
    SELECT
        business_on + lasts_days::INTEGER AS due_on,
        lead(business_on) OVER (PARTITION BY member_id, category_id ORDER BY business_on) AS again_on
    FROM purchases
)
SELECT count(*) AS due, count(*) FILTER (again_on <= due_on + 7) AS in_time
FROM dues
WHERE due_on >= $start AND due_on < $end AND due_on + 7 <= $today;
