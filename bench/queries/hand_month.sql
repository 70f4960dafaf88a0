-- The five parts of the chain for a period, as one would write it by hand over the same tables.
WITH first_buys AS (
    SELECT member_id, min(business_on) AS first_on
    FROM tickets
    WHERE is_purchase AND member_id IS NOT NULL
    GROUP BY ALL
),
last_buys AS (
    SELECT member_id, max(business_on) AS last_on
    FROM tickets
    WHERE is_purchase AND member_id IS NOT NULL AND business_on < $start
    GROUP BY ALL
),
base AS (
    SELECT
        members.member_id,
        CASE
            WHEN least(recorded_joined_on, coalesce(first_on, recorded_joined_on)) >= $start THEN 'new'
            WHEN members.graduates_on <= $start THEN 'graduated'
            WHEN last_on IS NULL THEN 'never_bought'
            WHEN last_on >= $start::DATE - 365 THEN 'active_old'
            ELSE 'dormant_old'
        END AS part
    FROM members
    LEFT JOIN first_buys USING (member_id)
    LEFT JOIN last_buys USING (member_id)
    WHERE least(recorded_joined_on, coalesce(first_on, recorded_joined_on)) < $end
),
bought AS (
    SELECT
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(sku_count) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM tickets
    WHERE business_on >= $start AND business_on < $end
    GROUP BY ALL
)
SELECT
    coalesce(part, 'non_member') AS part,
    count(base.member_id) AS members,
    count(*) FILTER (tickets > 0 AND bought.member_id IS NOT NULL) AS buyers,
    coalesce(sum(tickets), 0)::BIGINT AS tickets,
    coalesce(sum(lines), 0)::BIGINT AS lines,
    coalesce(sum(units), 0)::BIGINT AS units,
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents
FROM base
FULL JOIN bought USING (member_id)
GROUP BY ALL
ORDER BY part;
