-- What have the places above these stores (none named: all places) sold on a day? Members do not add
-- up, so each place counts its own buyers from its tickets.
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
per_member AS (
    SELECT
        node_id,
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(net_cents) AS net_cents
    FROM tickets
    JOIN places USING (store_id)
    SEMI JOIN asked USING (node_id)
    WHERE business_on = $day
    GROUP BY ALL
)
SELECT
    node_id AS node,
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents,
    coalesce(sum(tickets), 0)::BIGINT AS tickets,
    count(member_id) FILTER (tickets > 0) AS buyers
FROM asked
LEFT JOIN per_member USING (node_id)
GROUP BY node_id;
