-- What did a place sell on each day?
SELECT
    business_on,
    sum(net_cents)::BIGINT AS net_cents,
    count(*) FILTER (is_purchase) AS tickets
FROM tickets
WHERE
    business_on >= $start AND business_on < $end
    AND store_id IN (
        SELECT store_id FROM store_nodes
        WHERE node_id = $node AND valid_from <= $as_of AND valid_to > $as_of
    )
GROUP BY business_on
ORDER BY business_on;
