-- Which leads ended with a purchase of what they wait for, and what was the first ticket to do so?
-- One counts at these places and days, since the lead was opened and within its window; on a
-- deployment that stands still the hour does not matter.
WITH since AS MATERIALIZED (SELECT greatest(min(opened_on), $since::DATE) AS day FROM waiting),
purchases AS MATERIALIZED (
    SELECT w.lead_id, w.category, t.ticket_id, t.order_no, t.business_on, t.sold_at, t.store_id
    FROM waiting AS w
    INNER JOIN tickets AS t USING (member_id)
    WHERE
        t.is_purchase
        AND t.business_on BETWEEN (SELECT day FROM since) AND $until::DATE
        AND ($stores IS NULL OR t.store_id IN (SELECT unnest($stores::BIGINT[])))
        AND t.business_on BETWEEN w.opened_on AND w.opened_on + w.window_days::INTEGER
        AND (t.business_on > w.opened_on OR $is_still OR t.sold_at >= w.opened_at)
),
fitting AS (
    SELECT lead_id, order_no, business_on, sold_at, ticket_id
    FROM purchases
    WHERE category = ''
    UNION ALL
    SELECT b.lead_id, b.order_no, b.business_on, b.sold_at, b.ticket_id
    FROM purchases AS b
    INNER JOIN order_lines AS l
        ON l.ticket_id = b.ticket_id AND l.business_on = b.business_on AND l.store_id = b.store_id
    INNER JOIN products AS p ON p.product_id = l.product_id
    INNER JOIN categories AS c ON c.category_id = p.category_id
    WHERE
        b.category <> ''
        AND l.business_on >= (SELECT day FROM since)
        AND (c.code = b.category OR starts_with(c.code, b.category || ' > '))
)
SELECT lead_id, 'bought' AS result, coalesce(order_no, '') AS ticket_no
FROM fitting
QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY business_on, sold_at, ticket_id) = 1
