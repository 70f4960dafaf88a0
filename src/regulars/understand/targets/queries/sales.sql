-- What did each node sell in each month of a time, all goods, with the stores that it has on a day?
SELECT node_id AS node, date_trunc('month', business_on)::DATE AS month_on, sum(net_cents)::BIGINT AS net_cents
FROM tickets
JOIN store_nodes USING (store_id)
WHERE
    business_on >= $start AND business_on < $end
    AND list_contains($nodes::INTEGER[], node_id) AND valid_from <= $as_of AND valid_to > $as_of
GROUP BY ALL;
