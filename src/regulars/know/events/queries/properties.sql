-- Of each property of each event, in a sample of at most about $most records an event: how many had
-- it, its usual type, and how it has been lately: `silent` batches in a row without the property,
-- `other` batches in a row whose value was of another type.
WITH recent AS (
    SELECT
        source,
        CASE WHEN type = 'track' THEN name ELSE type END AS event,
        received_at,
        occurred_at,
        event_key,
        batch_id,
        properties
    FROM events
    WHERE received_at >= $since
),
volumes AS (
    SELECT source, event, count(*) AS records
    FROM recent
    WHERE ($source IS NULL OR source = $source) AND ($event IS NULL OR event = $event)
    GROUP BY ALL
),
sampled AS (
    SELECT
        recent.*,
        row_number() OVER (PARTITION BY source, event ORDER BY received_at, occurred_at, event_key) AS nth
    FROM recent
    JOIN volumes USING (source, event)
    WHERE hash(event_key) % greatest(1, volumes.records // $most) = 0
),
sizes AS (
    SELECT source, event, count(*) AS records
    FROM sampled
    GROUP BY ALL
),
told AS (
    SELECT
        source,
        event,
        batch_id,
        received_at,
        nth,
        each.key AS property,
        CASE
            WHEN each.type = 'VARCHAR' THEN 'text'
            WHEN each.type IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE', 'DECIMAL') THEN 'number'
            WHEN each.type = 'BOOLEAN' THEN 'yes_or_no'
            WHEN each.type = 'ARRAY' THEN 'list'
            ELSE 'object'
        END AS type,
        row_number() OVER (PARTITION BY source, event, each.key ORDER BY nth) AS nth_value
    FROM sampled, json_each(properties) AS each
    WHERE each.type <> 'NULL'
),
by_type AS (
    SELECT source, event, property, type, count(*) AS records, max(nth_value) AS last_value, max(received_at) AS last_at
    FROM told
    GROUP BY ALL
),
by_property AS (
    SELECT
        source,
        event,
        property,
        sum(records)::BIGINT AS present,
        max(last_at) AS last_at,
        arg_max(type, records) AS usual_type,
        max(records) AS usual_records,
        arg_max(last_value, records) AS usual_last_value,
        arg_max(last_at, records) AS usual_last_at,
        arg_max(type, last_value) AS latest_type
    FROM by_type
    GROUP BY ALL
),
last_told AS (
    SELECT source, event, property, max(nth) AS last_nth
    FROM told
    GROUP BY ALL
),
silences AS (
    SELECT source, event, property, count(*) AS silent_records, count(DISTINCT batch_id) AS silent
    FROM last_told
    JOIN sampled USING (source, event)
    WHERE nth > last_nth
    GROUP BY ALL
),
others AS (
    SELECT source, event, property, count(*) AS other_records, count(DISTINCT batch_id) AS other
    FROM by_property
    JOIN told USING (source, event, property)
    WHERE nth_value > usual_last_value
    GROUP BY ALL
)
SELECT
    source,
    event,
    property,
    sizes.records,
    present,
    last_at,
    usual_type,
    latest_type,
    usual_records,
    usual_last_at,
    coalesce(silent_records, 0) AS silent_records,
    coalesce(silent, 0) AS silent,
    coalesce(other_records, 0) AS other_records,
    coalesce(other, 0) AS other
FROM by_property
JOIN sizes USING (source, event)
LEFT JOIN silences USING (source, event, property)
LEFT JOIN others USING (source, event, property)
ORDER BY source, event, present DESC, property;
