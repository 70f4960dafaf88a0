-- What have the places above these stores (none named: all places) sold in the month before a day?
-- Money adds up: no member is looked at.
WITH places AS (
    SELECT node_id, store_id
    FROM store_nodes
    WHERE valid_from <= $day AND valid_to > $day
),
asked AS (
    SELECT DISTINCT node_id
    FROM places
    WHERE $stores IS NULL OR list_contains($stores::INTEGER[], store_id)
),
sums AS (
    SELECT store_id, sum(net_cents) AS net_cents
    FROM tickets
    WHERE business_on >= date_trunc('month', $day::DATE) AND business_on < $day
    GROUP BY store_id
)
SELECT node_id AS node, coalesce(sum(net_cents), 0)::BIGINT AS earlier_cents
FROM asked
JOIN places USING (node_id)
LEFT JOIN sums USING (store_id)
GROUP BY node_id;
