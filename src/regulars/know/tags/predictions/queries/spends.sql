-- What the purchases after the first brought, and how many members of a part share both.
SELECT frequency, cents, count(*) AS members
FROM purchase_histories($day::DATE, $part, $parts)
WHERE frequency > 0 AND cents > 0
GROUP BY ALL;
