-- Of the people on shift at each store on a day, how many acted, by position?
INSERT INTO actions_usage_day (node_id, "on", position, on_shift, acted, has_roster)
SELECT
    held.node_id,
    %(day)s,
    held.kind,
    count(DISTINCT held.staff_id),
    count(DISTINCT held.staff_id) FILTER (WHERE did.actor_id IS NOT NULL),
    bool_or(kept.node_id IS NOT NULL)
FROM org_position AS held
JOIN org_store AS store ON store.node_id = held.node_id
    AND daterange(store.opened_on, store.closed_on) @> %(day)s
LEFT JOIN (SELECT DISTINCT node_id FROM actions_shift WHERE "on" = %(day)s) AS kept
    ON kept.node_id = held.node_id
LEFT JOIN actions_shift AS shift
    ON shift.node_id = held.node_id AND shift.staff_id = held.staff_id AND shift."on" = %(day)s
LEFT JOIN accounts_user AS account ON account.staff_id = held.staff_id
LEFT JOIN (
    SELECT DISTINCT actor_id FROM audit_entry WHERE at >= %(begins)s AND at < %(ends)s
) AS did ON did.actor_id = account.id
WHERE
    daterange(held.valid_from, held.valid_to) @> %(day)s
    AND (kept.node_id IS NULL OR shift.id IS NOT NULL)
GROUP BY held.node_id, held.kind
