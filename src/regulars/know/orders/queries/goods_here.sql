-- What of some products, by their codes, stands in a store?
WITH counted AS (
    SELECT max(stock_on) AS stock_on FROM stock WHERE store_id = $store
)
SELECT
    products.code, products.name, categories.code AS category, 0 AS times,
    NULL::DATE AS last_on, stock.quantity AS stock, counted.stock_on
FROM products
LEFT JOIN categories USING (category_id)
CROSS JOIN counted
LEFT JOIN stock ON stock.stock_on = counted.stock_on AND stock.store_id = $store
    AND stock.product_id = products.product_id
WHERE list_contains($codes::VARCHAR[], products.code)
ORDER BY list_position($codes::VARCHAR[], products.code);
