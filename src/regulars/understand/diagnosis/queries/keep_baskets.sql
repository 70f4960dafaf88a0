-- What was just counted of baskets is kept.
INSERT INTO diagnosis_baskets
SELECT $first_on, $last_on, part, category_id, lines
FROM diagnosis_staged_baskets;
