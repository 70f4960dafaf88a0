-- The parts of each node asked for, in one pass. A member's part is fixed, chain-wide, as of the
-- period's start; what members of other stores bought stands in a leaf of its own.
WITH places AS (
    SELECT node_id, store_id
    FROM store_nodes
    WHERE node_id IN (SELECT unnest($nodes::INTEGER[])) AND valid_from <= $as_of AND valid_to > $as_of
),
standings AS (
    SELECT
        member_id,
        standing(min(joined_on), min(prev_on), min(graduates_on), $start, $window_days) AS part,
        min(home_store_id) AS home_store_id
    FROM tickets
    WHERE business_on >= $start AND business_on < $end AND member_id IS NOT NULL
    GROUP BY member_id
),
per_member AS (
    SELECT
        node_id,
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(sku_count) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM tickets
    JOIN places USING (store_id)
    WHERE business_on >= $start AND business_on < $end AND ($channel IS NULL OR channel = $channel)
    GROUP BY node_id, member_id
)
SELECT
    per_member.node_id AS node,
    CASE
        WHEN per_member.member_id IS NULL THEN 'non_member'
        WHEN homes.store_id IS NULL AND nodes.kind <> 'head_office' THEN 'cross_store'
        ELSE part
    END AS part,
    count(per_member.member_id) FILTER (tickets > 0) AS buyers,
    sum(tickets)::BIGINT AS tickets,
    sum(lines)::BIGINT AS lines,
    sum(units)::BIGINT AS units,
    sum(net_cents)::BIGINT AS net_cents
FROM per_member
JOIN nodes USING (node_id)
LEFT JOIN standings USING (member_id)
LEFT JOIN places AS homes ON homes.node_id = per_member.node_id AND homes.store_id = standings.home_store_id
GROUP BY ALL;
