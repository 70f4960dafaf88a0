-- Recency, frequency and money over the window before the period's end, of members at home at a node
-- who bought in it: the member in the middle.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
theirs AS (
    SELECT
        $end::DATE - max(business_on) FILTER (is_purchase) AS recency,
        count(*) FILTER (is_purchase) AS frequency,
        sum(net_cents) AS money
    FROM tickets
    WHERE
        member_id IS NOT NULL AND business_on >= $end::DATE - $window_days AND business_on < $end
        AND ($is_chain OR home_store_id IN (FROM places))
    GROUP BY member_id
    HAVING frequency > 0
)
SELECT
    quantile_disc(recency, 0.5)::BIGINT AS recency,
    quantile_disc(frequency, 0.5)::BIGINT AS frequency,
    quantile_disc(money, 0.5)::BIGINT AS money
FROM theirs;
