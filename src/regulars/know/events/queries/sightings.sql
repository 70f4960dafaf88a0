-- Who was seen in this pass: every identity of every set of them, once.
SELECT
    set_no AS event_no,
    each.kind AS kind,
    each.value AS value,
    each.kind = 'member' AS is_login,
    seen_at,
    source
FROM (SELECT set_no, unnest(identities) AS each, seen_at, source FROM desk.arriving_sets);
