-- What did each part of the whole chain have in its baskets in one kept period?
SELECT part, category_id, lines
FROM diagnosis_baskets
WHERE first_on = $first_on AND last_on = $last_on;
