-- The parts of each category or brand asked for, or of all of them together as node 0;
-- by brand, node 0 is what has none. Within goods, new means the first purchase of
-- them ever, old means bought them before; the base of the new is not known.
WITH goods AS (
    SELECT DISTINCT
        CASE $axis WHEN 'brand' THEN coalesce(brand_id, 0) WHEN 'category' THEN node_id ELSE 0 END AS node,
        product_id,
        is_gift
    FROM products
    JOIN category_nodes USING (category_id)
    WHERE
        (
            node_id IN (SELECT unnest($categories::INTEGER[]))
            OR (node_id = $directly_in::INTEGER AND category_id = $directly_in::INTEGER)
        )
        AND ($brands IS NULL OR brand_id IN (SELECT unnest($brands::INTEGER[])))
),
places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
history AS (
    SELECT node, member_id, max(business_on) AS last_on
    FROM order_lines
    JOIN goods USING (product_id)
    WHERE business_on < $start AND quantity >= 0 AND member_id IS NOT NULL
    GROUP BY ALL
),
sold AS (
    SELECT
        node,
        member_id,
        ticket_id,
        bool_or(quantity >= 0) AS is_purchase,
        (count(DISTINCT product_id) FILTER (quantity >= 0 AND NOT is_gift)) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM order_lines
    JOIN goods USING (product_id)
    SEMI JOIN places USING (store_id)
    WHERE business_on >= $start AND business_on < $end AND ($channel IS NULL OR channel = $channel)
    GROUP BY ALL
),
per_member AS (
    SELECT
        node,
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(lines) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM sold
    GROUP BY ALL
),
people AS (
    SELECT
        coalesce(history.node, per_member.node) AS node,
        coalesce(history.member_id, per_member.member_id) AS member_id,
        last_on,
        tickets,
        lines,
        units,
        net_cents
    FROM history
    FULL JOIN per_member ON history.node = per_member.node AND history.member_id = per_member.member_id
)
SELECT
    people.node,
    CASE
        WHEN people.member_id IS NULL THEN 'non_member'
        WHEN places.store_id IS NULL AND NOT $is_chain THEN 'cross_store'
        WHEN last_on IS NULL THEN 'new'
        WHEN graduates_on <= $start THEN 'graduated'
        WHEN last_on >= $start::DATE - $window_days THEN 'active_old'
        ELSE 'dormant_old'
    END AS part,
    count(last_on) AS members,
    count(people.member_id) FILTER (tickets > 0) AS buyers,
    coalesce(sum(tickets), 0)::BIGINT AS tickets,
    coalesce(sum(lines), 0)::BIGINT AS lines,
    coalesce(sum(units), 0)::BIGINT AS units,
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents
FROM people
LEFT JOIN members USING (member_id)
LEFT JOIN places ON places.store_id = members.home_store_id
GROUP BY ALL;
