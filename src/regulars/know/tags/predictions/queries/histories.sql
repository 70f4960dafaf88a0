-- How many members of a part share each history of purchases?
SELECT frequency, recency, age, count(*) AS members
FROM purchase_histories($day::DATE, $part, $parts)
GROUP BY ALL;
