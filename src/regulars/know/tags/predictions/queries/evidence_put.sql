-- Goods that speak of a child's age, unless an earlier pattern said so.
INSERT INTO model_evidence
SELECT product_id, $from_month, $to_month
FROM products
LEFT JOIN categories USING (category_id)
WHERE
    regexp_matches(concat(categories.code, ' ', products.name), $goods)
    AND product_id NOT IN (SELECT product_id FROM model_evidence);
