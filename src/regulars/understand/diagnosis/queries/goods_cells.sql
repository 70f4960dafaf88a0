-- What did each store sell of each category in a period, to which part of the base? A category is
-- told by the one of those asked for that it lies in; a member's part is fixed as of the start.
WITH standings AS (
    SELECT
        member_id,
        standing(min(joined_on), min(prev_on), min(graduates_on), $start::DATE, $window_days) AS part,
        min(home_store_id) AS home_store_id
    FROM tickets
    WHERE business_on >= $start AND business_on < $end AND member_id IS NOT NULL
    GROUP BY member_id
),
goods AS (
    SELECT product_id, node_id AS category_id, is_gift
    FROM products
    JOIN category_nodes USING (category_id)
    WHERE list_contains($categories::INTEGER[], node_id)
),
on_tickets AS (
    SELECT
        ticket_id,
        product_id,
        min(store_id) AS store_id,
        min(member_id) AS member_id,
        bool_or(quantity >= 0) AS is_bought,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM order_lines
    WHERE business_on >= $start AND business_on < $end
    GROUP BY ticket_id, product_id
)
SELECT
    store_id,
    category_id,
    CASE
        WHEN on_tickets.member_id IS NULL THEN 'non_member'
        WHEN home_store_id <> store_id THEN 'cross_store'
        ELSE part
    END AS part,
    count(*) FILTER (is_bought AND NOT is_gift) AS lines,
    sum(units)::BIGINT AS units,
    sum(net_cents)::BIGINT AS net_cents
FROM on_tickets
JOIN goods USING (product_id)
LEFT JOIN standings USING (member_id)
GROUP BY ALL;
