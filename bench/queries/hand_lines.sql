-- The same parts by hand over raw order lines, without a ticket table.
WITH by_member AS (
    SELECT
        member_id,
        min(business_on) FILTER (quantity >= 0) AS first_on,
        max(business_on) FILTER (quantity >= 0 AND business_on < $start) AS last_on,
        count(DISTINCT ticket_id) FILTER (quantity >= 0 AND business_on >= $start AND business_on < $end) AS tickets,
        sum(units) FILTER (business_on >= $start AND business_on < $end) AS units,
        sum(net_cents) FILTER (business_on >= $start AND business_on < $end) AS net_cents
    FROM order_lines
    WHERE business_on < $end
    GROUP BY ALL
)
SELECT
    CASE
        WHEN by_member.member_id IS NULL THEN 'non_member'
        WHEN least(recorded_joined_on, coalesce(first_on, recorded_joined_on)) >= $start THEN 'new'
        WHEN graduates_on <= $start THEN 'graduated'
        WHEN last_on IS NULL THEN 'never_bought'
        WHEN last_on >= $start::DATE - 365 THEN 'active_old'
        ELSE 'dormant_old'
    END AS part,
    count(*) FILTER (tickets > 0) AS buyers,
    sum(tickets)::BIGINT AS tickets,
    sum(units)::BIGINT AS units,
    sum(net_cents)::BIGINT AS net_cents
FROM by_member
LEFT JOIN members USING (member_id)
GROUP BY ALL
ORDER BY part;
