-- What has each place (none named: all) sold on a day, in its month up to that day, on the same
-- weekday a week before, and on the one after that? A store counts where it stood on the day told of.
WITH by_store AS (
    SELECT
        store_id,
        business_on,
        sum(net_cents) AS net_cents,
        count(*) FILTER (is_purchase) AS tickets
    FROM tickets
    WHERE business_on >= least(date_trunc('month', $on::DATE)::DATE, $on::DATE - 7) AND business_on <= $on
    GROUP BY ALL
),
places AS (
    SELECT node_id, store_id, valid_from, valid_to
    FROM store_nodes
    WHERE $nodes IS NULL OR list_contains($nodes::INTEGER[], node_id)
),
now AS (
    SELECT
        node_id,
        sum(net_cents) FILTER (business_on = $on) AS net_cents,
        sum(tickets) FILTER (business_on = $on) AS tickets,
        sum(net_cents) FILTER (business_on >= date_trunc('month', $on::DATE)) AS month_cents
    FROM places
    JOIN by_store USING (store_id)
    WHERE valid_from <= $on AND valid_to > $on
    GROUP BY node_id
),
before AS (
    SELECT
        node_id,
        sum(net_cents) FILTER (business_on = $on::DATE - 7) AS week_before_cents,
        sum(net_cents) FILTER (business_on = $on::DATE - 6) AS next_before_cents
    FROM places
    JOIN by_store USING (store_id)
    WHERE valid_from <= business_on AND valid_to > business_on AND business_on <= $on::DATE - 6
    GROUP BY node_id
)
SELECT
    node_id,
    coalesce(net_cents, 0)::BIGINT AS net_cents,
    coalesce(tickets, 0)::BIGINT AS tickets,
    coalesce(month_cents, 0)::BIGINT AS month_cents,
    week_before_cents::BIGINT AS week_before_cents,
    next_before_cents::BIGINT AS next_before_cents
FROM now
FULL JOIN before USING (node_id);
