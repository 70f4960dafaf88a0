-- Tickets that got more lines: their sums from all their lines.
INSERT INTO tickets BY NAME
WITH appended AS (
    FROM placed
    WHERE fault IS NULL AND fate = 'append'
),
theirs AS MATERIALIZED (
    SELECT ticket_id, product_id, quantity, units, net_cents
    FROM order_lines
    SEMI JOIN appended USING (ticket_id)
),
sums AS (
    SELECT
        ticket_id,
        bool_or(quantity >= 0) AS is_purchase,
        sum(units)::INTEGER AS units,
        (count(DISTINCT product_id) FILTER (quantity >= 0 AND NOT is_gift))::INTEGER AS sku_count,
        sum(net_cents)::BIGINT AS net_cents
    FROM theirs
    JOIN products USING (product_id)
    GROUP BY ticket_id
)
SELECT
    ticket_id,
    order_no,
    version,
    $import_id AS import_id,
    $source AS source,
    business_on,
    sold_at,
    store_id,
    member_id,
    named_member_id,
    staff_id,
    channel,
    original_order_no,
    sums.is_purchase,
    sums.units,
    sums.sku_count,
    sums.net_cents
FROM appended
JOIN sums USING (ticket_id);
