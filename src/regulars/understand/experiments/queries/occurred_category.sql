-- Purchases of goods of a category or below it, as what counts.
SELECT order_lines.member_id, order_lines.business_on, tickets.sold_at AS occurred_at
FROM order_lines
JOIN tickets USING (ticket_id)
JOIN products USING (product_id)
JOIN category_nodes USING (category_id)
JOIN categories ON categories.category_id = category_nodes.node_id
WHERE
    categories.code = $of
    AND order_lines.quantity > 0
    AND order_lines.business_on BETWEEN $first_on AND $on;
