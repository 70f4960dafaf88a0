-- What the coupons of these offers took off, of those who were to be reached, within their window:
-- `used` coupons, of which `known` say how much (the `discount` of the event, in whole money).
SELECT
    count(*) AS used,
    count(amount) AS known,
    coalesce(sum(amount), 0)::BIGINT AS cents
FROM (
    SELECT (try_cast(events.properties ->> 'discount' AS DECIMAL(14, 2)) * 100)::BIGINT AS amount
    FROM events
    JOIN persons USING (person_id)
    JOIN entered
        ON entered.member_id = persons.member_id
        AND events.business_on >= entered.entered_on
        AND events.business_on < entered.entered_on + $window_days::INTEGER
    WHERE
        events.name IN ('coupon_used', 'Coupon Applied')
        AND events.business_on BETWEEN $first_on AND $on
        AND NOT entered.is_held_out
        AND list_contains(
            $offers::VARCHAR[],
            coalesce(
                events.properties ->> 'coupon',
                events.properties ->> 'coupon_id',
                events.properties ->> 'coupon_name'
            )
        )
) AS coupons;
