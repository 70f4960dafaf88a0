-- The latest of the matched events, with what a rule can be made from.
SELECT
    event_key::VARCHAR AS key,
    source,
    type,
    name,
    occurred_at,
    received_at,
    coalesce(url_host, '') AS host,
    coalesce(url_path, '') AS path,
    title,
    selector,
    element_path,
    content,
    position,
    anonymous_id,
    store_code,
    staff_code,
    share_depth,
    properties::VARCHAR AS properties
FROM matched
ORDER BY received_at DESC, occurred_at DESC, event_key
LIMIT $most;
