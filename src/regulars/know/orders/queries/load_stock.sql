-- A day's stock of a product in a store; a later file for the same day takes its place.
INSERT INTO stock BY NAME
SELECT stock_on, stores.store_id, products.product_id, quantity
FROM arriving
JOIN stores ON stores.code = arriving.store_id
JOIN products ON products.code = arriving.product_id
WHERE fault IS NULL;
