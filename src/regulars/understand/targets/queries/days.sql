-- What did a node sell on each day of a time?
SELECT business_on, sum(net_cents)::BIGINT AS net_cents
FROM tickets
WHERE
    business_on >= $start AND business_on < $end
    AND ($is_chain OR store_id IN (
        SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
    ))
GROUP BY business_on
ORDER BY business_on;
