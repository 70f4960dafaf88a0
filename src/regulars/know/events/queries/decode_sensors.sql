-- Sensors Analytics records as events, one row each, good and bad. A clock that is more than five
-- minutes off is set right by when the record says it was sent, unless its time is free.
INSERT INTO desk.arriving_events BY NAME
WITH readable AS (
    FROM desk.arriving_bodies
    WHERE kind = 'sensors' AND fault IS NULL AND rowid % 2 = 0
    UNION ALL
    FROM desk.arriving_bodies
    WHERE kind = 'sensors' AND fault IS NULL AND rowid % 2 = 1
),
records AS (
    SELECT
        batch_id,
        source,
        received_at,
        unnest(told) AS record,
        generate_subscripts(told, 1) AS line_no
    FROM (
        SELECT *, CASE WHEN json_valid(body) THEN from_json(body, $shape) END AS told
        FROM readable
    )
),
read_records AS (
    SELECT
        *,
        TRY_CAST(record.time AS BIGINT) * CASE WHEN length(record.time) = 10 THEN 1000 ELSE 1 END AS time_ms,
        TRY_CAST(record._flush_time AS BIGINT) AS flush_ms,
        record.properties AS properties,
        json_extract_string(record.properties, $property_paths) AS p,
        json_extract_string(record.identities, $identity_paths) AS i
    FROM records
),
timed AS (
    SELECT
        *,
        TRY(make_timestamptz(time_ms * 1000)) AS told_at,
        TRY(make_timestamptz(flush_ms * 1000)) AS flushed_at
    FROM read_records
)
SELECT
    batch_id,
    line_no,
    source,
    received_at,
    CASE
        WHEN record.type LIKE 'profile_%' THEN 'identify'
        WHEN record.type LIKE 'track_%' THEN 'alias'
        ELSE record.type
    END AS type,
    coalesce(record.event, record.type) AS name,
    md5_number(concat_ws(chr(31), source, record.project, record.distinct_id, coalesce(record.event, record.type), record.time, coalesce(record._track_id, ''), md5(coalesce(record.properties::VARCHAR, '')))) AS event_key,
    CASE
        WHEN coalesce(record.time_free, 'false') = 'true' OR flushed_at IS NULL THEN told_at
        WHEN abs(epoch_ms(received_at) - flush_ms) > 300000 THEN received_at - (flushed_at - told_at)
        ELSE told_at
    END AS occurred_at,
    coalesce(record.anonymous_id, i[1], CASE WHEN record.login_id IS NULL AND coalesce(record.type, '') <> 'track_signup' AND i[3] IS NULL THEN record.distinct_id END) AS anonymous_id,
    coalesce(record.login_id, i[3], CASE WHEN record.type = 'track_signup' THEN record.distinct_id END) AS login_id,
    list_filter([
        {'kind': 'cookie', 'value': coalesce(record.anonymous_id, i[1], CASE WHEN record.login_id IS NULL AND coalesce(record.type, '') <> 'track_signup' AND i[3] IS NULL THEN record.distinct_id END)},
        {'kind': 'cookie', 'value': coalesce(i[2], CASE WHEN record.type = 'track_signup' THEN record.original_id END)},
        {'kind': 'member', 'value': coalesce(record.login_id, i[3], CASE WHEN record.type = 'track_signup' THEN record.distinct_id END)},
        {'kind': 'phone', 'value': coalesce(i[4], p[1], p[2])},
        {'kind': 'email', 'value': coalesce(i[5], p[3])},
        {'kind': 'unionid', 'value': coalesce(i[6], p[4])},
        {'kind': 'openid', 'value': coalesce(i[7], p[5])},
        {'kind': 'device', 'value': p[6]}
    ], lambda each: is_identity(each.value)) AS identities,
    p[7] AS url,
    p[8] AS url_path,
    p[9] AS title,
    p[10:] AS auto,
    properties,
    json_object('lib', record.lib) AS context,
    CASE
        WHEN record IS NULL OR record.type IS NULL THEN 'type' || chr(9) || 'missing' || chr(9)
        WHEN record.type NOT IN ('track', 'track_signup', 'track_id_bind', 'track_id_unbind', 'profile_set', 'profile_set_once', 'profile_increment', 'profile_append', 'profile_unset', 'profile_delete', 'item_set', 'item_delete')
            THEN 'type' || chr(9) || 'not_a_choice' || chr(9) || left(record.type, 200)
        WHEN record.type NOT LIKE 'item_%' AND coalesce(record.distinct_id, i[1], i[2], i[3], '') = '' THEN 'distinct_id' || chr(9) || 'missing' || chr(9)
        WHEN length(record.distinct_id) > 255 THEN 'distinct_id' || chr(9) || 'out_of_range' || chr(9) || left(record.distinct_id, 200)
        WHEN record.type = 'track' AND NOT regexp_full_match(coalesce(record.event, ''), '[a-zA-Z_$][\w$]{0,99}') THEN 'event' || chr(9) || 'not_a_choice' || chr(9) || left(coalesce(record.event, ''), 200)
        WHEN NOT regexp_full_match(coalesce(record.time, ''), '\d{10}|\d{13}') OR told_at IS NULL THEN 'time' || chr(9) || 'not_a_moment' || chr(9) || left(coalesce(record.time, ''), 200)
        ELSE fault_of_moment(occurred_at, received_at)
    END AS fault
FROM timed;
