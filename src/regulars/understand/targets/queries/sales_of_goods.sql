-- What did each node sell of some goods in each month of a time, with the stores that it has on a day?
WITH wanted AS (
    SELECT product_id
    FROM products
    WHERE
        category_id IN (
            SELECT category_id FROM category_nodes WHERE list_contains($categories::INTEGER[], node_id)
        )
        AND ($brands IS NULL OR list_contains($brands::INTEGER[], brand_id))
)
SELECT
    store_nodes.node_id AS node,
    date_trunc('month', business_on)::DATE AS month_on,
    sum(net_cents)::BIGINT AS net_cents
FROM order_lines
SEMI JOIN wanted USING (product_id)
JOIN store_nodes USING (store_id)
WHERE
    business_on >= $start AND business_on < $end
    AND list_contains($nodes::INTEGER[], store_nodes.node_id)
    AND valid_from <= $as_of AND valid_to > $as_of
GROUP BY ALL;
