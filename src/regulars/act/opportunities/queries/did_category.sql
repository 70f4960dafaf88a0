-- Who of these bought goods of a category between two days?
SELECT DISTINCT member_id
FROM order_lines
WHERE
    quantity > 0 AND business_on > $since AND business_on <= $until
    AND member_id IN (SELECT unnest($met::BIGINT[]))
    AND product_id IN (
        SELECT products.product_id
        FROM products
        JOIN category_nodes ON category_nodes.category_id = products.category_id
        JOIN categories ON categories.category_id = category_nodes.node_id
        WHERE categories.code = $code
    );
