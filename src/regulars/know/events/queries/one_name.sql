-- The events of one source and name of the last days.
SELECT *
FROM events
WHERE
    business_on >= $since
    AND source = $source
    AND CASE WHEN type = 'track' THEN name ELSE type END = $event
