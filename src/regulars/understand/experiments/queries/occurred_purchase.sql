-- Purchases, as what counts.
SELECT member_id, business_on, sold_at AS occurred_at
FROM tickets
WHERE is_purchase AND business_on BETWEEN $first_on AND $on;
