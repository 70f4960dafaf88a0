-- How do some stores' sales split over the categories at the top?
SELECT
    order_lines.store_id,
    category_nodes.node_id AS category_id,
    sum(net_cents)::BIGINT AS net_cents
FROM order_lines
JOIN products USING (product_id)
JOIN category_nodes ON category_nodes.category_id = products.category_id
WHERE
    business_on >= $start AND business_on < $end
    AND list_contains($stores::INTEGER[], order_lines.store_id)
    AND list_contains($categories::INTEGER[], category_nodes.node_id)
GROUP BY ALL;
