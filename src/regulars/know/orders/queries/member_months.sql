-- How much a member bought in each calendar month.
SELECT
    date_trunc('month', business_on)::DATE AS month_on,
    count(*) FILTER (is_purchase)::INTEGER AS tickets,
    sum(net_cents)::BIGINT AS net_cents
FROM tickets
WHERE member_id = $member
GROUP BY ALL
ORDER BY month_on;
