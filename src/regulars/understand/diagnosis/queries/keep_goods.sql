-- What was just counted of goods is kept.
INSERT INTO diagnosis_goods
SELECT $first_on, $last_on, store_id, category_id, lines, units, net_cents
FROM diagnosis_staged_goods;
