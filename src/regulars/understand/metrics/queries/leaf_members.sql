-- The members of one leaf of a node's tree, whether they bought or did not, the most valuable first:
-- by what they spent in the period, then by what they had spent in the window before it.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
theirs AS (
    SELECT member_id, joined_on, graduates_on
    FROM members
    WHERE joined_on < $end AND ($is_chain OR home_store_id IN (FROM places))
),
history AS (
    SELECT
        member_id,
        max(business_on) FILTER (is_purchase) AS last_on,
        sum(net_cents) FILTER (business_on >= $start::DATE - $window_days) AS before_cents
    FROM tickets
    SEMI JOIN theirs USING (member_id)
    WHERE business_on < $start
    GROUP BY ALL
),
bought AS (
    SELECT member_id, count(*) FILTER (is_purchase) AS tickets, sum(net_cents) AS net_cents
    FROM tickets
    SEMI JOIN theirs USING (member_id)
    WHERE
        business_on >= $start AND business_on < $end
        AND ($channel IS NULL OR channel = $channel)
        AND ($is_chain OR store_id IN (FROM places))
    GROUP BY ALL
)
SELECT
    member_id,
    joined_on,
    last_on,
    coalesce(before_cents, 0)::BIGINT AS before_cents,
    coalesce(tickets, 0) AS tickets,
    coalesce(net_cents, 0)::BIGINT AS net_cents,
    count(*) OVER () AS found
FROM theirs
LEFT JOIN history USING (member_id)
LEFT JOIN bought USING (member_id)
WHERE
    standing(joined_on, last_on, graduates_on, $start, $window_days) = $part
    AND ($did_buy::BOOLEAN IS NULL OR (coalesce(tickets, 0) > 0) = $did_buy::BOOLEAN)
ORDER BY net_cents DESC, before_cents DESC, member_id
LIMIT $most;
