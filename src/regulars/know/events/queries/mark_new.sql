-- Which events of this pass are new? Of events alike the first counts; those of the last $window_days
-- days are remembered.
-- Those remembered are looked through for the few that arrive, never the other way round.
CREATE OR REPLACE TABLE desk.arriving_new AS
WITH known AS MATERIALIZED (
    SELECT event_key
    FROM event_keys
    WHERE
        received_on >= (SELECT min(received_at)::DATE FROM desk.arriving_events) - $window_days
        AND event_key IN (SELECT event_key FROM desk.arriving_events WHERE fault IS NULL)
)
SELECT min(rowid) AS row_id
FROM desk.arriving_events
WHERE fault IS NULL AND event_key NOT IN (FROM known)
GROUP BY event_key;
