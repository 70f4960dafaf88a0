-- Month by month: what a node sold.
SELECT date_trunc('month', business_on)::DATE AS month_on, sum(net_cents)::BIGINT AS net_cents
FROM (
    SELECT business_on, sum(net_cents) AS net_cents
    FROM tickets
    WHERE
        business_on >= $start AND business_on < $end
        AND ($channel IS NULL OR channel = $channel)
        AND ($is_chain OR store_id IN (
            SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
        ))
    GROUP BY business_on
) AS days
GROUP BY ALL
ORDER BY month_on;
