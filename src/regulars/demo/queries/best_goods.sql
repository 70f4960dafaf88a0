-- Which top category and which maker's brand sell most?
SELECT
    (
        SELECT any_value(categories.code)
        FROM order_lines
        JOIN products USING (product_id)
        JOIN category_nodes USING (category_id)
        JOIN categories ON categories.category_id = category_nodes.node_id
        WHERE depth = 1
        GROUP BY categories.category_id
        ORDER BY sum(net_cents) DESC
        LIMIT 1
    ) AS category,
    (
        SELECT any_value(brands.code)
        FROM order_lines
        JOIN products USING (product_id)
        JOIN brands USING (brand_id)
        WHERE brands.name NOT ILIKE '%private%'
        GROUP BY brands.brand_id
        ORDER BY sum(net_cents) DESC
        LIMIT 1
    ) AS brand;
