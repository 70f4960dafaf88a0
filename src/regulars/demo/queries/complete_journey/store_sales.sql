-- What did each store sell in the year, the best first?
SELECT store_id, sum(net_cents) AS net_cents
FROM bought
GROUP BY store_id
ORDER BY net_cents DESC, CAST(store_id AS BIGINT)
