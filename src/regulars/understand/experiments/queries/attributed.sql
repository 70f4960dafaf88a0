-- What is attributed to touches of the experiment, by store, colleague, offer and at all: sales and
-- what counts within the window after a touch, to the last touch before it (whatever that was for);
-- assisted is whoever touched before, and not last.
WITH touches AS (
    SELECT *, make_timestamptz(touched_us) AS touched_at FROM touched
),
happened AS (
    SELECT member_id, business_on, sold_at AS occurred_at, net_cents, FALSE AS is_conversion
    FROM tickets
    WHERE business_on BETWEEN $first_on AND $on
    UNION ALL
    SELECT member_id, business_on, occurred_at, 0 AS net_cents, TRUE AS is_conversion
    FROM occurred
),
numbered AS (
    SELECT happened.*, row_number() OVER () AS number
    FROM happened
    SEMI JOIN touches USING (member_id)
),
claims AS (
    SELECT
        numbered.*,
        touches.is_ours,
        touches.store_id,
        touches.staff_id,
        touches.offer,
        row_number() OVER (
            PARTITION BY numbered.number ORDER BY touches.touched_at DESC, touches.touch_id DESC
        ) = 1 AS is_last
    FROM numbered
    JOIN touches
        ON touches.member_id = numbered.member_id
        AND numbered.occurred_at >= touches.touched_at
        AND numbered.business_on < touches.touched_at::DATE + touches.window_days::INTEGER
),
dimensions AS (SELECT unnest(['all', 'store', 'staff', 'offer']) AS dimension),
keyed AS (
    SELECT
        dimension,
        CASE dimension
            WHEN 'store' THEN store_id::VARCHAR
            WHEN 'staff' THEN staff_id::VARCHAR
            WHEN 'offer' THEN nullif(offer, '')
            ELSE ''
        END AS key,
        number, member_id, net_cents, is_conversion,
        bool_or(is_last) AS is_last
    FROM claims
    CROSS JOIN dimensions
    WHERE is_ours
    GROUP BY ALL
),
reached AS (
    SELECT
        dimension,
        CASE dimension
            WHEN 'store' THEN store_id::VARCHAR
            WHEN 'staff' THEN staff_id::VARCHAR
            WHEN 'offer' THEN nullif(offer, '')
            ELSE ''
        END AS key,
        count(DISTINCT member_id) AS reached
    FROM touches
    CROSS JOIN dimensions
    WHERE is_ours
    GROUP BY ALL
)
SELECT
    reached.dimension,
    reached.key,
    any_value(reached.reached) AS reached,
    count(DISTINCT member_id) FILTER (is_conversion AND is_last) AS conversions,
    coalesce(sum(net_cents) FILTER (is_last), 0)::BIGINT AS net_cents,
    count(DISTINCT member_id) FILTER (is_conversion AND NOT is_last) AS assisted_conversions,
    coalesce(sum(net_cents) FILTER (NOT is_last), 0)::BIGINT AS assisted_cents
FROM reached
LEFT JOIN keyed USING (dimension, key)
WHERE reached.key IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
