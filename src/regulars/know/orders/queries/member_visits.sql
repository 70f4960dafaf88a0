-- A member's latest tickets, each with the store where it was.
SELECT
    order_no, sold_at, business_on, stores.name AS store, channel,
    sku_count::INTEGER AS sku_count, units::INTEGER AS units, net_cents
FROM tickets
LEFT JOIN stores USING (store_id)
WHERE member_id = $member
ORDER BY sold_at DESC, ticket_id DESC
LIMIT $most;
