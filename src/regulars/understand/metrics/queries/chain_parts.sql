-- The whole chain's parts in a period: who bought, and what. One pass over the period's tickets.
WITH per_member AS (
    SELECT
        member_id,
        standing(min(joined_on), min(prev_on), min(graduates_on), $start, $window_days) AS part,
        count(*) FILTER (is_purchase) AS tickets,
        sum(sku_count) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM tickets
    WHERE business_on >= $start AND business_on < $end
    GROUP BY member_id
)
SELECT
    $node AS node,
    CASE WHEN member_id IS NULL THEN 'non_member' ELSE part END AS part,
    count(member_id) FILTER (tickets > 0) AS buyers,
    sum(tickets)::BIGINT AS tickets,
    sum(lines)::BIGINT AS lines,
    sum(units)::BIGINT AS units,
    sum(net_cents)::BIGINT AS net_cents
FROM per_member
GROUP BY ALL;
