-- Coupons, as events: a quarter of members' tickets with a discount of the chain used one, issued up
-- to two weeks before; after three in ten one is given along that nobody uses. The number of a ticket
-- decides, so that they are always the same.
WITH tickets AS (
    SELECT
        order_id,
        any_value(member_id) AS member_id,
        any_value(store_id) AS store_id,
        any_value(sold_at) AS sold_at,
        sum(discount_chain_cents) > 0 AS is_discounted,
        CAST(CAST(substr(order_id, 2) AS BIGINT) * 2654435761 % 4294967296 // 4096 AS BIGINT) AS drawn
    FROM lines
    WHERE member_id IS NOT NULL AND original_order_id IS NULL
    GROUP BY order_id
),
named AS (
    SELECT
        *,
        ['满199减20', '满99减10', '奶粉满300减30', '纸尿裤满150减15'][drawn // 1000 % 4 + 1] AS coupon,
        CASE month(sold_at)
            WHEN 6 THEN '618 年中大促'
            WHEN 11 THEN '双11'
            WHEN 12 THEN '年终会员回馈'
            ELSE year(sold_at) || '年第' || quarter(sold_at) || '季会员日'
        END AS campaign
    FROM tickets
),
used AS (
    SELECT * FROM named
    WHERE is_discounted AND drawn % 100 < 25
),
told AS (
    SELECT 'coupon_used' AS event, 'used-' || order_id AS message_id, member_id, sold_at AS happened_at, store_id, coupon, campaign
    FROM used
    UNION ALL
    SELECT 'coupon_issued', 'issued-' || order_id, member_id, sold_at - to_days(CAST(1 + drawn % 14 AS INTEGER)), store_id, coupon, campaign
    FROM used
    UNION ALL
    SELECT 'coupon_issued', 'given-' || order_id, member_id, sold_at, store_id, coupon, campaign
    FROM named
    WHERE drawn % 100 >= 70
)
SELECT
    event,
    message_id,
    member_id,
    strftime(happened_at, '%Y-%m-%dT%H:%M:%S+08:00') AS occurred_at,
    store_id,
    coupon,
    campaign
FROM told
ORDER BY happened_at, message_id
