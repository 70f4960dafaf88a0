-- How many members bought anything at a node in a period?
SELECT count(DISTINCT member_id) AS buyers
FROM tickets
WHERE
    is_purchase AND business_on >= $start AND business_on < $end
    AND ($channel IS NULL OR channel = $channel)
    AND ($is_chain OR store_id IN (
        SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
    ));
