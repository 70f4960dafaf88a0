-- What do members spend in a category on a ticket with goods of it, on average over the last half year?
SELECT round(sum(net_cents) / nullif(count(DISTINCT ticket_id), 0))::BIGINT AS cents
FROM order_lines
WHERE
    member_id IS NOT NULL AND quantity > 0 AND business_on > $today - 180 AND business_on <= $today
    AND product_id IN (
        SELECT products.product_id
        FROM products
        JOIN category_nodes ON category_nodes.category_id = products.category_id
        JOIN categories ON categories.category_id = category_nodes.node_id
        WHERE categories.code = $code
    );
