-- What does a purchase of members bring on average, over the last year? None where nobody bought.
SELECT round(sum(net_cents) / nullif(count(*), 0))::BIGINT AS cents
FROM tickets
WHERE is_purchase AND member_id IS NOT NULL AND business_on > $today - 365 AND business_on <= $today;
