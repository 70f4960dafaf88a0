-- Month by month: what a node sold of some goods.
WITH goods AS (
    SELECT product_id
    FROM products
    SEMI JOIN (
        SELECT category_id FROM category_nodes WHERE list_contains($categories::INTEGER[], node_id)
    ) AS wanted USING (category_id)
    WHERE $brands IS NULL OR list_contains($brands::INTEGER[], brand_id)
),
lines_of_places AS (
    FROM order_lines
    WHERE $is_chain
    UNION ALL
    FROM order_lines
    SEMI JOIN (
        SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
    ) AS places USING (store_id)
    WHERE NOT $is_chain
),
days AS (
    SELECT business_on, sum(net_cents) AS net_cents
    FROM lines_of_places
    JOIN goods USING (product_id)
    WHERE
        business_on >= $start AND business_on < $end
        AND ($channel IS NULL OR channel = $channel)
    GROUP BY business_on
)
SELECT date_trunc('month', business_on)::DATE AS month_on, sum(net_cents)::BIGINT AS net_cents
FROM days
GROUP BY ALL
ORDER BY month_on;
