-- Which goods does a store sell most often?
SELECT product_id
FROM order_lines
WHERE business_on > $since AND store_id = $store AND quantity > 0
GROUP BY product_id
ORDER BY count(*) DESC, product_id
LIMIT $most;
