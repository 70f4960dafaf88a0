-- All that these identities did.
SELECT
    source,
    type,
    name,
    occurred_at,
    received_at,
    anonymous_id,
    login_id,
    url_host,
    url_path,
    title,
    content,
    store_code,
    properties,
    context
FROM events
WHERE identity_id IN (SELECT unnest($ids::BIGINT[]))
ORDER BY occurred_at;
