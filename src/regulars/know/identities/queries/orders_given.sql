-- All that a member bought, line by line.
SELECT
    tickets.order_no,
    tickets.business_on,
    tickets.sold_at,
    stores.code AS store,
    tickets.channel,
    products.code AS product,
    order_lines.quantity,
    order_lines.net_cents,
    order_lines.points_cents,
    order_lines.stored_value_cents
FROM tickets
JOIN order_lines USING (ticket_id)
LEFT JOIN stores ON stores.store_id = tickets.store_id
LEFT JOIN products ON products.product_id = order_lines.product_id
WHERE tickets.member_id = $member
ORDER BY sold_at, order_no, product;
