-- One row a ticket, from its head; where lines were appended, from all its lines.
INSERT INTO tickets BY NAME
SELECT
    ticket_id,
    order_no,
    $source AS source,
    business_on,
    sold_at,
    store_id,
    member_id,
    staff_id,
    channel,
    original_order_no,
    coalesce(whole.is_purchase, placed.is_purchase) AS is_purchase,
    coalesce(whole.units, placed.units) AS units,
    coalesce(whole.sku_count, placed.sku_count) AS sku_count,
    coalesce(whole.net_cents, placed.net_cents) AS net_cents
FROM placed
LEFT JOIN (
    SELECT
        ticket_id,
        bool_or(quantity >= 0) AS is_purchase,
        sum(units)::INTEGER AS units,
        (count(DISTINCT product_id) FILTER (quantity >= 0 AND NOT is_gift))::INTEGER AS sku_count,
        sum(net_cents)::BIGINT AS net_cents
    FROM order_lines
    JOIN products USING (product_id)
    SEMI JOIN (FROM placed WHERE fate = 'append') AS appended USING (ticket_id)
    GROUP BY ticket_id
) AS whole USING (ticket_id)
WHERE fault IS NULL AND fate <> 'ignore';
