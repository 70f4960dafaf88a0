-- What did a store sell in a period, and what of it is known to be margin?
SELECT
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents,
    coalesce(sum(net_cents) FILTER (cost_cents IS NOT NULL), 0)::BIGINT AS known_net_cents,
    coalesce(sum(net_cents - cost_cents), 0)::BIGINT AS known_margin_cents,
    count(*) AS lines,
    count(cost_cents) AS known_lines
FROM order_lines
WHERE business_on >= $start AND business_on < $end AND store_id = $store;
