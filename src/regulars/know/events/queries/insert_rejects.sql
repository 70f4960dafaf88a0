-- What could not go in, and why: bodies that nothing can be read from, events that lack something.
-- A refused event is kept in Segment's form, with what it was told apart by.
INSERT INTO batch_rejects BY NAME
WITH faults AS (
    SELECT
        batch_id,
        0 AS line_no,
        coalesce(fault, chr(9) || 'broken_body' || chr(9) || 'this is not JSON') AS fault,
        NULL::JSON AS record
    FROM desk.arriving_bodies
    WHERE fault IS NOT NULL OR NOT json_valid(body)
    UNION ALL
    SELECT
        batch_id,
        line_no,
        fault,
        json_object(
            'type', type,
            'event', CASE WHEN type = 'track' THEN name END,
            'name', CASE WHEN type <> 'track' THEN name END,
            'userId', login_id,
            'anonymousId', anonymous_id,
            'timestamp', CASE WHEN fault NOT LIKE 'time%' THEN strftime(timezone('UTC', occurred_at), '%Y-%m-%dT%H:%M:%S.%fZ') END,
            'messageId', event_key::VARCHAR,
            'properties', CASE WHEN type NOT IN ('identify', 'group') THEN without_contacts(properties) END,
            'traits', CASE WHEN type IN ('identify', 'group') THEN without_contacts(properties) END,
            'context', without_contacts(context)
        )
    FROM desk.arriving_events
    WHERE fault IS NOT NULL
)
SELECT
    batch_id,
    line_no,
    'decode' AS step,
    split_part(fault, chr(9), 1) AS "column",
    split_part(fault, chr(9), 2) AS reason,
    split_part(fault, chr(9), 3) AS value,
    coalesce(record, '{}'::JSON) AS record
FROM faults;
