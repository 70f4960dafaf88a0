-- Segment's calls as events, one row each, good and bad. A call's own clock is set right by what it
-- says of when it was sent: received − (sent − original).
-- A scan of so few rows would keep one core busy: by halves, two decode at once.
CREATE OR REPLACE TABLE desk.arriving_events AS
WITH readable AS (
    FROM desk.arriving_bodies
    WHERE kind = 'segment' AND fault IS NULL AND rowid % 2 = 0
    UNION ALL
    FROM desk.arriving_bodies
    WHERE kind = 'segment' AND fault IS NULL AND rowid % 2 = 1
),
calls AS (
    SELECT
        batch_id,
        source,
        received_at,
        what,
        told.sentAt AS batch_sent_at,
        told.context AS batch_context,
        unnest(told.batch) AS call,
        generate_subscripts(told.batch, 1) AS line_no
    FROM (
        SELECT *, CASE WHEN json_valid(body) THEN from_json(body, $shape) END AS told
        FROM readable
    )
),
read_calls AS (
    SELECT
        batch_id,
        source,
        received_at,
        line_no,
        call,
        CASE WHEN what = 'batch' THEN call.type ELSE what END AS type,
        coalesce(call.context, batch_context) AS context,
        CASE WHEN call.type IN ('identify', 'group') OR what IN ('identify', 'group') THEN call.traits ELSE call.properties END AS properties,
        TRY_CAST(coalesce(call.originalTimestamp, call.timestamp) AS TIMESTAMPTZ) AS original_at,
        TRY_CAST(coalesce(call.sentAt, batch_sent_at) AS TIMESTAMPTZ) AS sent_at
    FROM calls
),
picked AS (
    SELECT
        *,
        json_extract_string(properties, $property_paths) AS p,
        json_extract_string(context, $context_paths) AS c
    FROM read_calls
)
SELECT
    batch_id,
    line_no,
    source,
    received_at,
    type,
    CASE type
        WHEN 'track' THEN call.event
        WHEN 'page' THEN coalesce(call.name, '$pageview')
        WHEN 'screen' THEN coalesce(call.name, 'screen')
        ELSE type
    END AS name,
    md5_number(concat_ws(chr(31), source, coalesce(call.messageId, md5(to_json(call)::VARCHAR)))) AS event_key,
    CASE
        WHEN original_at IS NULL THEN received_at
        WHEN sent_at IS NULL THEN original_at
        ELSE received_at - (sent_at - original_at)
    END AS occurred_at,
    call.anonymousId AS anonymous_id,
    call.userId AS login_id,
    list_filter([
        {'kind': 'cookie', 'value': call.anonymousId},
        {'kind': 'member', 'value': call.userId},
        {'kind': CASE WHEN call.userId IS NULL THEN 'cookie' ELSE 'member' END, 'value': call.previousId},
        {'kind': 'phone', 'value': coalesce(p[1], p[2], c[1])},
        {'kind': 'email', 'value': coalesce(p[3], c[2])},
        {'kind': 'unionid', 'value': coalesce(p[4], c[3])},
        {'kind': 'openid', 'value': coalesce(p[5], c[4])},
        {'kind': 'external_userid', 'value': p[6]},
        {'kind': 'device', 'value': c[5]}
    ], lambda each: is_identity(each.value)) AS identities,
    coalesce(p[7], p[8], c[6]) AS url,
    coalesce(p[9], p[10], c[7]) AS url_path,
    coalesce(p[11], p[12], c[8]) AS title,
    p[13:] AS auto,
    properties,
    context,
    CASE
        WHEN call IS NULL OR type IS NULL THEN 'type' || chr(9) || 'missing' || chr(9)
        WHEN type NOT IN ('identify', 'track', 'page', 'screen', 'group', 'alias') THEN 'type' || chr(9) || 'not_a_choice' || chr(9) || left(type, 200)
        WHEN coalesce(call.userId, call.anonymousId, '') = '' THEN 'userId' || chr(9) || 'missing' || chr(9)
        WHEN type = 'track' AND coalesce(call.event, '') = '' THEN 'event' || chr(9) || 'missing' || chr(9)
        WHEN coalesce(call.originalTimestamp, call.timestamp) IS NOT NULL AND original_at IS NULL
            THEN 'timestamp' || chr(9) || 'not_a_moment' || chr(9) || left(coalesce(call.originalTimestamp, call.timestamp), 200)
        ELSE fault_of_moment(occurred_at, received_at)
    END AS fault
FROM picked;
