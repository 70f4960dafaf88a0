-- What a member spends most on, by category.
SELECT
    categories.code AS path,
    categories.name AS name,
    count(DISTINCT ticket_id)::INTEGER AS tickets,
    sum(net_cents)::BIGINT AS net_cents,
    max(business_on) AS last_on
FROM order_lines
JOIN products USING (product_id)
JOIN categories USING (category_id)
WHERE member_id = $member
GROUP BY ALL
ORDER BY net_cents DESC, path
LIMIT $most;
