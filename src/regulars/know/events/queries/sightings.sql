-- Who was seen in this pass: every identity of every set of them, once.
SELECT
    set_no::BIGINT AS event_no,
    each.kind AS kind,
    each.value AS value,
    each.kind = 'member' AS is_login,
    seen_at,
    source
FROM (
    SELECT set_no, unnest(identities) AS each, seen_at, source
    FROM (
        SELECT set_no, any_value(identities) AS identities, min(occurred_at) AS seen_at, any_value(source) AS source
        FROM desk.arriving_events
        WHERE is_new
        GROUP BY set_no
    )
);
