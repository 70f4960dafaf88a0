-- Coupons, as events. Who was sent which coupons of a campaign is recorded only where one was used:
-- issued are those, and one of unknown name for each campaign of which a household used none.
WITH used AS (
    SELECT
        row_number() OVER (ORDER BY redemption_date, household_id, coupon_upc, campaign_id) AS number,
        CAST(household_id AS VARCHAR) AS member_id,
        CAST(coupon_upc AS VARCHAR) AS coupon,
        campaign_id,
        CAST(redemption_date AS DATE) AS used_on
    FROM coupon_redemptions
),
paid AS (
    SELECT member_id, sold_on AS used_on, arg_max(store_id, supplier_cents) AS store_id
    FROM bought
    GROUP BY ALL
),
unused AS (
    SELECT DISTINCT CAST(household_id AS VARCHAR) AS member_id, campaign_id
    FROM campaigns
    ANTI JOIN coupon_redemptions USING (household_id, campaign_id)
),
told AS (
    SELECT 'coupon_used' AS event, 'used-' || number AS message_id, member_id, used_on AS on_day, store_id, coupon, campaign_id
    FROM used
    LEFT JOIN paid USING (member_id, used_on)
    UNION ALL
    SELECT 'coupon_issued', 'issued-' || number, member_id, least(CAST(start_date AS DATE), used_on), NULL, coupon, campaign_id
    FROM used
    JOIN campaign_descriptions USING (campaign_id)
    UNION ALL
    SELECT 'coupon_issued', 'sent-' || campaign_id || '-' || member_id, member_id, CAST(start_date AS DATE), NULL, NULL, campaign_id
    FROM unused
    JOIN campaign_descriptions USING (campaign_id)
)
SELECT
    event,
    message_id,
    member_id,
    strftime(on_day + INTERVAL 12 HOUR, '%Y-%m-%dT%H:%M:%S-05:00') AS occurred_at,
    store_id,
    coupon,
    'campaign ' || campaign_id AS campaign
FROM told
SEMI JOIN homes USING (member_id)
ORDER BY on_day, message_id
