-- The parts of goods: a node for each category, brand (0 is what has none) or place asked for; all of
-- them in the question's own place are one node, -1. For one period (0) or for two (1 is the one it is
-- compared with): lines are matched with their goods once for all of these. Within goods, new means
-- the first purchase of them ever, old means bought them before; the base of the new is not known.
WITH periods AS (
    SELECT 0 AS period, $start::DATE AS start_on, $end::DATE AS end_on, $as_of::DATE AS as_of
    UNION ALL
    SELECT 1, $before_start::DATE, $before_end::DATE, $before_as_of::DATE
    WHERE $before_start IS NOT NULL
),
wanted AS (
    SELECT DISTINCT category_id, CASE WHEN $axis = 'category' THEN node_id ELSE -1 END AS node
    FROM category_nodes
    WHERE
        list_contains($categories::INTEGER[], node_id)
        OR (node_id = $directly_in::INTEGER AND category_id = $directly_in::INTEGER)
),
goods AS (
    SELECT CASE WHEN $axis = 'brand' THEN coalesce(brand_id, 0) ELSE node END AS node, product_id, is_gift
    FROM products
    JOIN wanted USING (category_id)
    WHERE $brands IS NULL OR list_contains($brands::INTEGER[], brand_id)
),
places AS (
    SELECT period, node_id AS place, store_id, $is_chain AND node_id = $org AS is_chain
    FROM store_nodes
    JOIN periods ON valid_from <= as_of AND valid_to > as_of
    WHERE list_contains($places::INTEGER[], node_id)
),
-- Whose history counts: everyone's for the whole chain, else that of who is at home in the places.
lines_of_them AS (
    SELECT member_id, product_id, business_on, quantity
    FROM order_lines
    WHERE $is_chain AND member_id IS NOT NULL
    UNION ALL
    SELECT member_id, product_id, business_on, quantity
    FROM order_lines
    SEMI JOIN (
        SELECT member_id FROM members WHERE home_store_id IN (SELECT store_id FROM places)
    ) AS at_home USING (member_id)
    WHERE NOT $is_chain
),
last_days AS (
    SELECT
        node,
        member_id,
        max(business_on) FILTER (business_on < $start) AS before_0,
        max(business_on) FILTER (business_on < $before_start) AS before_1
    FROM lines_of_them
    JOIN goods USING (product_id)
    WHERE business_on < greatest($start::DATE, $before_start::DATE) AND quantity >= 0
    GROUP BY node, member_id
),
history AS (
    SELECT 0 AS period, node, member_id, before_0 AS last_on
    FROM last_days
    WHERE before_0 IS NOT NULL
    UNION ALL
    SELECT 1, node, member_id, before_1
    FROM last_days
    WHERE before_1 IS NOT NULL
),
at_home AS (
    SELECT period, node, $org AS place, member_id, last_on
    FROM history
    WHERE $is_chain
    UNION ALL
    SELECT history.period, node, place, member_id, last_on
    FROM history
    JOIN members USING (member_id)
    JOIN places ON places.store_id = home_store_id AND places.period = history.period
    WHERE NOT is_chain
),
lines_of_places AS (
    FROM order_lines
    WHERE $is_chain
    UNION ALL
    FROM order_lines
    SEMI JOIN places USING (store_id)
    WHERE NOT $is_chain
),
sold AS (
    SELECT
        node,
        ticket_id,
        bool_or(quantity >= 0) AS is_bought,
        bool_or(quantity >= 0 AND NOT is_gift) AS is_counted,
        sum(units)::BIGINT AS units,
        sum(net_cents)::BIGINT AS net_cents
    FROM lines_of_places
    JOIN goods USING (product_id)
    WHERE
        (
            (business_on >= $start AND business_on < $end)
            OR (business_on >= $before_start AND business_on < $before_end)
        )
        AND ($channel IS NULL OR channel = $channel)
    GROUP BY node, ticket_id, product_id
),
on_tickets AS (
    SELECT
        node,
        ticket_id,
        bool_or(is_bought) AS is_purchase,
        count(*) FILTER (is_counted) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM sold
    GROUP BY node, ticket_id
),
per_member AS (
    SELECT
        periods.period,
        node,
        place,
        member_id,
        count(*) FILTER (on_tickets.is_purchase) AS tickets,
        sum(lines) AS lines,
        sum(on_tickets.units) AS units,
        sum(on_tickets.net_cents) AS net_cents
    FROM on_tickets
    JOIN tickets USING (ticket_id)
    JOIN periods ON business_on >= start_on AND business_on < end_on
    JOIN places ON places.store_id = tickets.store_id AND places.period = periods.period
    GROUP BY ALL
),
people AS (
    FROM at_home
    FULL JOIN per_member USING (period, node, place, member_id)
)
SELECT
    people.period,
    CASE WHEN $axis = 'org' AND people.place <> $org THEN people.place ELSE node END AS node,
    CASE
        WHEN member_id IS NULL THEN 'non_member'
        WHEN homes.store_id IS NULL AND NOT ($is_chain AND people.place = $org) THEN 'cross_store'
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
LEFT JOIN places AS homes
    ON homes.store_id = members.home_store_id
    AND homes.place = people.place
    AND homes.period = people.period
GROUP BY ALL;
