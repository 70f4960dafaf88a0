-- The next purchases of a part of the members in a category.
INSERT INTO model_next_purchase_next
SELECT member_id, $category, due_on, basis
FROM next_purchases(
    $category, $but_not, $need, $day::DATE, $usual_days, $usual_pace, $weight, $carried,
    $part, $parts
);
