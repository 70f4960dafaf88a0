-- Who bought at these places and days (all since a day, where they are too many to name), when, and
-- from which categories? Of these members alone.
SELECT
    t.member_id,
    t.ticket_id,
    t.order_no,
    t.business_on,
    t.sold_at,
    list(DISTINCT c.code) AS categories
FROM tickets AS t
INNER JOIN order_lines AS l
    ON l.ticket_id = t.ticket_id AND l.business_on = t.business_on AND l.store_id = t.store_id
LEFT JOIN products AS p ON l.product_id = p.product_id
LEFT JOIN categories AS c ON p.category_id = c.category_id
WHERE
    t.is_purchase
    AND t.business_on >= $since
    AND t.member_id IN (SELECT unnest($members::BIGINT[]))
    AND ($stores IS NULL OR t.store_id IN (SELECT unnest($stores::BIGINT[])))
GROUP BY ALL
ORDER BY t.business_on, t.sold_at, t.ticket_id
