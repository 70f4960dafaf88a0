-- The parts of goods: a node for each category, brand (0 is what has none) or place asked for, or
-- one node, 0, for all of it together. For one period (0) or for two (1 is the one it is compared with): lines
-- are matched with their goods once for both. Within goods, new means the first purchase of them
-- ever, old means bought them before; the base of the new is not known.
WITH periods AS (
    SELECT 0 AS period, $start::DATE AS start_on, $end::DATE AS end_on, $as_of::DATE AS as_of
    UNION ALL
    SELECT 1, $before_start::DATE, $before_end::DATE, $before_as_of::DATE
    WHERE $before_start IS NOT NULL
),
goods AS (
    SELECT DISTINCT
        CASE $axis WHEN 'brand' THEN coalesce(brand_id, 0) WHEN 'category' THEN node_id ELSE 0 END AS goods,
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
    SELECT period, node_id AS place, store_id
    FROM store_nodes
    JOIN periods ON valid_from <= as_of AND valid_to > as_of
    WHERE node_id IN (SELECT unnest($orgs::INTEGER[]))
),
last_days AS (
    SELECT
        goods,
        member_id,
        max(business_on) FILTER (business_on < $start) AS before_0,
        max(business_on) FILTER (business_on < $before_start) AS before_1
    FROM order_lines
    JOIN goods USING (product_id)
    WHERE
        business_on < greatest($start::DATE, $before_start::DATE) AND quantity >= 0 AND member_id IS NOT NULL
    GROUP BY ALL
),
history AS (
    SELECT 0 AS period, goods, member_id, before_0 AS last_on FROM last_days WHERE before_0 IS NOT NULL
    UNION ALL
    SELECT 1, goods, member_id, before_1 FROM last_days WHERE before_1 IS NOT NULL
),
at_home AS (
    SELECT period, goods, unnest($orgs::INTEGER[]) AS place, member_id, last_on
    FROM history
    WHERE $is_chain
    UNION ALL
    SELECT history.period, goods, place, member_id, last_on
    FROM history
    JOIN members USING (member_id)
    JOIN places ON places.store_id = home_store_id AND places.period = history.period
    WHERE NOT $is_chain
),
sold AS (
    SELECT
        periods.period,
        goods,
        place,
        ticket_id,
        product_id,
        any_value(member_id) AS member_id,
        bool_or(quantity >= 0) AS is_bought,
        bool_and(is_gift) AS is_gift,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM order_lines
    JOIN periods ON business_on >= start_on AND business_on < end_on
    JOIN goods USING (product_id)
    JOIN places ON places.store_id = order_lines.store_id AND places.period = periods.period
    WHERE
        business_on >= least($start::DATE, $before_start::DATE)
        AND business_on < greatest($end::DATE, $before_end::DATE)
        AND ($channel IS NULL OR channel = $channel)
    GROUP BY periods.period, goods, place, ticket_id, product_id
),
on_tickets AS (
    SELECT
        period,
        goods,
        place,
        any_value(member_id) AS member_id,
        bool_or(is_bought) AS is_purchase,
        count(*) FILTER (is_bought AND NOT is_gift) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM sold
    GROUP BY period, goods, place, ticket_id
),
per_member AS (
    SELECT
        period,
        goods,
        place,
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(lines) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM on_tickets
    GROUP BY ALL
),
people AS (
    FROM at_home
    FULL JOIN per_member USING (period, goods, place, member_id)
)
SELECT
    people.period,
    CASE $axis WHEN 'org' THEN people.place ELSE goods END AS node,
    CASE
        WHEN member_id IS NULL THEN 'non_member'
        WHEN places.store_id IS NULL AND NOT $is_chain THEN 'cross_store'
        WHEN last_on IS NULL THEN 'new'
        WHEN graduates_on <= start_on THEN 'graduated'
        WHEN last_on >= start_on - $window_days THEN 'active_old'
        ELSE 'dormant_old'
    END AS part,
    count(last_on) AS members,
    count(member_id) FILTER (tickets > 0) AS buyers,
    coalesce(sum(tickets), 0)::BIGINT AS tickets,
    coalesce(sum(lines), 0)::BIGINT AS lines,
    coalesce(sum(units), 0)::BIGINT AS units,
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents
FROM people
JOIN periods USING (period)
LEFT JOIN members USING (member_id)
LEFT JOIN places
    ON places.store_id = members.home_store_id
    AND places.place = people.place
    AND places.period = people.period
GROUP BY ALL;
