-- What could not go in, and why: bodies that nothing can be read from, events that lack something.
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
        without_contacts(json_object(
            'type', type, 'event', name, 'userId', login_id, 'anonymousId', anonymous_id,
            'properties', without_contacts(properties), 'context', without_contacts(context)
        ))
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
