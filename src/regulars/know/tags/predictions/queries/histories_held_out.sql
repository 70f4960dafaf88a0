-- How many members of a part share each history up to the cut, so many purchases after it until the day
-- (`actual`), and as many in the days as long before it (`before`)?
WITH around AS (
    SELECT
        member_id,
        count(DISTINCT business_on) FILTER (business_on > $cut::DATE)::INTEGER AS actual,
        count(DISTINCT business_on) FILTER (business_on <= $cut::DATE)::INTEGER AS before
    FROM tickets
    WHERE
        is_purchase AND member_id % $parts = $part
        AND business_on > $cut::DATE - $horizon AND business_on <= $day::DATE
    GROUP BY member_id
)
SELECT
    frequency,
    recency,
    age,
    coalesce(actual, 0) AS actual,
    coalesce(before, 0) AS before,
    count(*) AS members
FROM purchase_histories($cut::DATE, $part, $parts)
LEFT JOIN around USING (member_id)
GROUP BY ALL;
