-- All events of this pass in one table: numbered, told apart from what came before, each with the
-- number of its set of identities. Of events alike the first counts; those of the last
-- $window_days days are remembered.
CREATE OR REPLACE TABLE desk.arriving_events AS
WITH decoded AS (
    FROM desk.arriving_segment
    UNION ALL BY NAME
    FROM desk.arriving_sensors
),
checked AS (
    SELECT
        * REPLACE (
            CASE
                WHEN fault IS NOT NULL THEN fault
                WHEN occurred_at < TIMESTAMPTZ '2000-01-01' OR occurred_at > received_at + INTERVAL 1 DAY
                    THEN 'time' || chr(9) || 'out_of_range' || chr(9) || occurred_at::VARCHAR
            END AS fault,
            list_filter(identities, lambda each: each.value <> '' AND length(each.value) <= 255 AND NOT contains(each.value, chr(0))) AS identities
        )
    FROM decoded
),
numbered AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY event_key, fault IS NULL ORDER BY batch_id, line_no) = 1
            AND fault IS NULL
            AND event_key NOT IN (
                SELECT event_key
                FROM event_keys
                WHERE received_on >= (SELECT min(received_at)::DATE FROM decoded) - $window_days
            ) AS is_new
    FROM checked
)
SELECT numbered.*, dense_rank() OVER (ORDER BY hash(identities)) AS set_no
FROM numbered;
