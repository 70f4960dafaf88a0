-- Which store is each household's home, when did it join, where was it first seen?
WITH visits AS (
    SELECT member_id, store_id, count(DISTINCT order_id) AS tickets, max(sold_at) AS last_at
    FROM bought
    GROUP BY member_id, store_id
),
favourite AS (
    SELECT
        member_id,
        first(store_id ORDER BY tickets DESC, last_at DESC, store_id) AS home_store_id
    FROM visits
    GROUP BY member_id
),
beginning AS (
    SELECT
        member_id,
        min(sold_on) AS first_on,
        first(store_id ORDER BY sold_at, order_id) AS first_store_id
    FROM bought
    GROUP BY member_id
)
SELECT
    member_id,
    home_store_id,
    CASE WHEN first_on < DATE '2017-04-01' THEN DATE '2016-12-31' ELSE first_on END AS joined_on,
    CASE WHEN first_on < DATE '2017-04-01' THEN NULL ELSE first_store_id END AS join_store_id
FROM favourite
JOIN beginning USING (member_id)
