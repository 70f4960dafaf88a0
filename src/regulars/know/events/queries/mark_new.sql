-- Which events of this pass are new? Of events alike the first counts; those of the last $window_days
-- days are remembered.
CREATE OR REPLACE TABLE desk.arriving_new AS
SELECT min(rowid) AS row_id
FROM desk.arriving_events
WHERE
    fault IS NULL
    AND event_key NOT IN (
        SELECT event_key
        FROM event_keys
        WHERE received_on >= (SELECT min(received_at)::DATE FROM desk.arriving_events) - $window_days
    )
GROUP BY event_key;
