-- What was expected at the cut against what was bought after it, of those who did buy until the day and
-- of whom the mean of their own intervals says something too: both are compared on the same members.
WITH actual AS (
    SELECT member_id, min(bought_on) AS actual_on
    FROM purchase_days($category, $but_not, $cut::DATE, $day::DATE, 0, $parts)
    GROUP BY member_id
),
compared AS (
    SELECT
        basis,
        abs(actual_on - due_on) AS missed,
        abs(actual_on - same_on) AS same_missed
    FROM next_purchases(
        $category, $but_not, $need, $cut::DATE, $usual_days, $usual_pace, $weight, $carried,
        0, $parts
    )
    JOIN actual USING (member_id)
    WHERE due_on IS NOT NULL AND same_on IS NOT NULL
)
SELECT
    count(*) AS compared,
    count(*) FILTER (basis = 'use') AS by_use,
    count(*) FILTER (missed <= $near) AS near,
    count(*) FILTER (same_missed <= $near) AS same_near,
    median(missed) AS missed_days,
    median(same_missed) AS same_missed_days
FROM compared;
