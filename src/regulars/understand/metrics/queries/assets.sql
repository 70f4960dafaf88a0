-- Member assets of a node as of a day: who the members are, how many buy, what the top tenth brings.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
theirs AS (
    SELECT member_id
    FROM members
    WHERE joined_on <= $as_of AND ($is_chain OR home_store_id IN (FROM places))
),
spending AS (
    SELECT
        member_id,
        max(business_on) FILTER (is_purchase) AS last_on,
        sum(net_cents) FILTER (business_on > $as_of::DATE - $window_days) AS recent_cents
    FROM tickets
    SEMI JOIN theirs USING (member_id)
    WHERE business_on <= $as_of
    GROUP BY ALL
),
ranked AS (
    SELECT recent_cents, ntile(10) OVER (ORDER BY recent_cents DESC, member_id) AS tenth
    FROM spending
    WHERE last_on > $as_of::DATE - $window_days
)
SELECT
    (SELECT count(*) FROM theirs) AS members,
    (SELECT count(*) FROM spending WHERE last_on IS NOT NULL) AS buyers,
    (SELECT count(*) FROM ranked) AS active,
    (SELECT coalesce(sum(recent_cents), 0)::BIGINT FROM ranked) AS sales_cents,
    (SELECT coalesce(sum(recent_cents), 0)::BIGINT FROM ranked WHERE tenth = 1) AS top_tenth_cents;
