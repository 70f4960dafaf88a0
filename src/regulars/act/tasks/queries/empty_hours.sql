-- Which hour of this weekday is each store's emptiest, by its own tickets of eight such weekdays? Only
-- where these days are known, and where it is less than a quarter of the store's usual hour; the first
-- and the last hour, in which it opens or closes, are left out.
WITH sold AS (
    SELECT store_id, business_on, hour(timezone($zone, sold_at)) AS hour
    FROM tickets
    WHERE
        is_purchase AND sold_at IS NOT NULL
        AND business_on >= $today::DATE - 56 AND business_on < $today
        AND isodow(business_on) = isodow($today::DATE)
),
stores_open AS (
    SELECT store_id, count(DISTINCT business_on) AS days, min(hour) AS first, max(hour) AS last
    FROM sold GROUP BY store_id HAVING count(DISTINCT business_on) >= 6
),
hours AS (
    SELECT
        o.store_id,
        h.hour,
        count(sold.hour) / any_value(o.days) AS tickets,
        sum(count(sold.hour)) OVER (PARTITION BY o.store_id)
        / any_value(o.days) / count(*) OVER (PARTITION BY o.store_id) AS usual
    FROM stores_open AS o
    CROSS JOIN (SELECT unnest(range(24)) AS hour) AS h
    LEFT JOIN sold ON sold.store_id = o.store_id AND sold.hour = h.hour
    WHERE h.hour > o.first AND h.hour < o.last
    GROUP BY o.store_id, h.hour
)
SELECT store_id, hour, tickets
FROM hours
WHERE usual >= 1 AND tickets < usual / 4
QUALIFY row_number() OVER (PARTITION BY store_id ORDER BY tickets, hour) = 1
ORDER BY store_id
