-- The history of each member of a part.
SELECT member_id, frequency, recency, age, cents
FROM purchase_histories($day::DATE, $part, $parts);
