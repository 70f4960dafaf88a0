-- What did each store sell in one kept period, by category?
SELECT store_id, category_id, lines, units, net_cents
FROM diagnosis_goods
WHERE first_on = $first_on AND last_on = $last_on;
