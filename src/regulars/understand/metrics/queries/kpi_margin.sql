-- What the period's buyers at a node have brought to date, and whether every line's cost is known.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
buyers AS (
    SELECT DISTINCT member_id
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL AND business_on >= $start AND business_on < $end
        AND ($is_chain OR store_id IN (FROM places))
)
SELECT
    (SELECT count(*) FROM buyers) AS buyers,
    count(*) = count(cost_cents) AS is_cost_known,
    sum(net_cents - cost_cents)::BIGINT AS margin_cents
FROM order_lines
SEMI JOIN buyers USING (member_id)
WHERE business_on < $end;
