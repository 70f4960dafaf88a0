-- First purchases, repurchase and churn at a node.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
here AS (
    SELECT *, sender_of(source) AS sender
    FROM tickets
    WHERE member_id IS NOT NULL AND ($is_chain OR store_id IN (FROM places))
),
at_home AS (
    FROM tickets
    WHERE member_id IS NOT NULL AND is_purchase AND ($is_chain OR home_store_id IN (FROM places))
),
taken_back AS (
    SELECT sender_of(source) AS sender, original_order_no AS order_no, sum(net_cents) AS net_cents
    FROM tickets
    WHERE original_order_no IS NOT NULL
    GROUP BY ALL
),
firsts AS (
    SELECT here.member_id, here.business_on
    FROM here
    LEFT JOIN taken_back USING (sender, order_no)
    WHERE
        is_purchase AND prev_on IS NULL AND business_on >= $start AND business_on < $end
        AND here.net_cents + coalesce(taken_back.net_cents, 0) > 0
),
seconds AS (
    SELECT firsts.member_id, firsts.business_on, min(tickets.business_on) AS again_on
    FROM firsts
    LEFT JOIN tickets ON tickets.member_id = firsts.member_id AND tickets.is_purchase AND tickets.business_on > firsts.business_on
    GROUP BY ALL
),
buyers AS (
    SELECT member_id, count(DISTINCT business_on) AS days
    FROM here
    WHERE is_purchase AND business_on >= $start AND business_on < $end
    GROUP BY ALL
)
SELECT
    (SELECT count(*) FROM firsts) AS new_customers,
    (SELECT count(*) FROM buyers) AS buyers,
    (SELECT count(*) FROM buyers WHERE days >= 2) AS repeat_buyers,
    (SELECT count(*) FROM seconds WHERE business_on + 30 <= $today) AS observed_firsts,
    (SELECT count(*) FROM seconds WHERE business_on + 30 <= $today AND again_on <= business_on + 30) AS second_buyers,
    count(*) FILTER (
        business_on < $end::DATE - $window_days
        AND is_first_since(business_on, prev_on, $end::DATE - 2 * $window_days)
    ) AS active_before,
    -- Whoever came back did so with a purchase that points into the window before.
    active_before - count(*) FILTER (
        business_on >= $end::DATE - $window_days
        AND prev_on >= $end::DATE - 2 * $window_days AND prev_on < $end::DATE - $window_days
    ) AS churned
FROM at_home
WHERE business_on < $end;
