-- Baskets against the confirmed child, whom the model does not look at: by confidence, and how many are
-- of the stage that is the most frequent.
WITH confirmed AS (
    SELECT member_id, max(coalesce(birth_on, due_on)) AS youngest_on
    FROM children
    WHERE is_confirmed
    GROUP BY member_id
),
compared AS (
    SELECT
        stage,
        confidence,
        stage_of(age_in_months(youngest_on, $day::DATE), $age_range_months) AS actual
    FROM inferred_stages($day::DATE, $within, $half_life, $doubt, 0, $parts)
    JOIN confirmed USING (member_id)
)
SELECT
    greatest(2, floor(confidence * 5)) / 5 AS from_confidence,
    count(*) AS compared,
    count(*) FILTER (stage = actual) AS agreed,
    avg(confidence) AS confidence,
    count(*) FILTER (actual = (SELECT mode(actual) FROM compared)) AS most_frequent
FROM compared
GROUP BY ALL
ORDER BY from_confidence;
