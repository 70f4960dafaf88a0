-- How many events were matched, of how many people, when last: on each day, and in all (no day).
SELECT
    business_on,
    count(*) AS events,
    count(DISTINCT coalesce(person_id::VARCHAR, anonymous_id, login_id)) AS people,
    max(occurred_at) AS last_at
FROM matched
GROUP BY GROUPING SETS ((business_on), ())
ORDER BY business_on;
