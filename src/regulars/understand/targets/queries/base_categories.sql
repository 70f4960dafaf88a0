-- What did each store sell of each top category, month by month, in the days a plan is built on?
SELECT
    store_id AS node,
    date_trunc('month', business_on)::DATE AS month_on,
    category_nodes.node_id AS category,
    sum(net_cents)::BIGINT AS net_cents
FROM order_lines
JOIN products USING (product_id)
JOIN category_nodes USING (category_id)
WHERE
    business_on >= $start AND business_on < $end
    AND list_contains($categories::INTEGER[], category_nodes.node_id)
GROUP BY ALL;
