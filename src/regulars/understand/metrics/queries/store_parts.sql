-- The parts of each node asked for, in one pass, for one period (0) or for two (1 is the one it is
-- compared with). A member's part is fixed, chain-wide, as of the period's start, and looked up of those
-- alone who bought here; what members of other stores bought stands in a leaf of its own.
WITH periods AS (
    SELECT 0 AS period, $start::DATE AS start_on, $end::DATE AS end_on, $as_of::DATE AS as_of
    UNION ALL
    SELECT 1, $before_start::DATE, $before_end::DATE, $before_as_of::DATE
    WHERE $before_start IS NOT NULL
),
places AS (
    SELECT period, node_id, store_id
    FROM store_nodes
    JOIN periods ON valid_from <= as_of AND valid_to > as_of
    WHERE list_contains($nodes::INTEGER[], node_id)
),
bought AS NOT MATERIALIZED (
    SELECT 0 AS period, tickets.*
    FROM tickets
    WHERE business_on >= $start AND business_on < $end
    UNION ALL
    SELECT 1, tickets.*
    FROM tickets
    WHERE business_on >= $before_start AND business_on < $before_end
),
per_member AS (
    SELECT
        period,
        node_id,
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(sku_count) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM bought
    JOIN places USING (period, store_id)
    WHERE $channel IS NULL OR channel = $channel
    GROUP BY period, node_id, member_id
),
standings AS (
    SELECT
        period,
        member_id,
        standing(min(joined_on), min(prev_on), min(graduates_on), start_on, $window_days) AS part,
        min(home_store_id) AS home_store_id
    FROM bought
    JOIN periods USING (period)
    SEMI JOIN per_member USING (period, member_id)
    GROUP BY period, start_on, member_id
)
SELECT
    per_member.period,
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
LEFT JOIN standings USING (period, member_id)
LEFT JOIN places AS homes
    ON homes.period = per_member.period
    AND homes.node_id = per_member.node_id
    AND homes.store_id = standings.home_store_id
GROUP BY ALL;
