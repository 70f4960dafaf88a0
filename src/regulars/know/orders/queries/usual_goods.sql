-- What did a member buy most often since a day, and what of it stands in a store?
WITH bought AS (
    SELECT product_id, count(DISTINCT ticket_id)::INTEGER AS times, max(business_on) AS last_on
    FROM order_lines
    WHERE member_id = $member AND business_on >= $since AND net_cents > 0
    GROUP BY product_id
    ORDER BY times DESC, last_on DESC, product_id
    LIMIT $most
), counted AS (
    SELECT max(stock_on) AS stock_on FROM stock WHERE store_id = $store
)
SELECT
    products.code, products.name, categories.code AS category, bought.times, bought.last_on,
    stock.quantity AS stock, counted.stock_on
FROM bought
JOIN products USING (product_id)
LEFT JOIN categories USING (category_id)
CROSS JOIN counted
LEFT JOIN stock ON stock.stock_on = counted.stock_on AND stock.store_id = $store
    AND stock.product_id = bought.product_id
ORDER BY bought.times DESC, bought.last_on DESC, products.product_id;
