-- Every event of the last days by source and name: how many a day, and the last. Page views and
-- what says who somebody is go by their type: their names are titles.
SELECT
    source,
    CASE WHEN type = 'track' THEN name ELSE type END AS event,
    business_on,
    count(*) AS events,
    max(occurred_at) AS last_at
FROM events
WHERE business_on >= $since
GROUP BY ALL
ORDER BY ALL;
