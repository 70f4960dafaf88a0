-- What did each place sell on Mondays to Sundays (1 to 7), days unlike others left out, and on how
-- many of them did it sell?
WITH by_store AS (
    SELECT store_id, business_on, sum(net_cents) AS net_cents
    FROM tickets
    WHERE business_on >= $start AND business_on < $end AND NOT list_contains($special::DATE[], business_on)
    GROUP BY ALL
),
by_day AS (
    SELECT node_id, business_on, sum(net_cents) AS net_cents
    FROM by_store
    JOIN store_nodes USING (store_id)
    WHERE valid_from <= $as_of AND valid_to > $as_of
    GROUP BY ALL
)
SELECT
    node_id,
    isodow(business_on) AS weekday,
    sum(net_cents)::BIGINT AS net_cents,
    count(*) AS days
FROM by_day
GROUP BY ALL;
