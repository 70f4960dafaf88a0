-- Months as a measure of time: 365.25 days a year.
CREATE OR REPLACE MACRO days_a_month() AS 30.4375;

-- Each member's purchases until a day, those of one day as one: `frequency` how many after the first,
-- `recency` the days from the first to the last, `age` from the first to the day, `cents` what those
-- after the first brought. Members are taken in `parts`, so that memory stays bounded.
CREATE OR REPLACE MACRO purchase_histories(day, part, parts) AS TABLE
    WITH days AS (
        SELECT member_id, business_on, sum(net_cents) AS cents
        FROM tickets
        WHERE is_purchase AND business_on <= day AND member_id % parts = part
        GROUP BY member_id, business_on
    )
    SELECT
        member_id,
        (count(*) - 1)::INTEGER AS frequency,
        (max(business_on) - min(business_on))::INTEGER AS recency,
        (day - min(business_on))::INTEGER AS age,
        (sum(cents) - arg_min(cents, business_on))::BIGINT AS cents
    FROM days
    GROUP BY member_id;

-- Who bought goods of a category (empty: any) on which days after `since` until `until`: how many units
-- (of any goods: a purchase is one), and what they hold together, unknown if that of one is. `but_not`
-- names by a pattern goods whose content says nothing. A day on which as much came back is none.
CREATE OR REPLACE MACRO purchase_days(asked, but_not, since, until, part, parts) AS TABLE
    WITH goods AS (
        SELECT
            product_id,
            CASE
                WHEN NOT regexp_matches(concat(categories.code, ' ', products.name), but_not)
                    THEN pack_content
            END AS content
        FROM products
        LEFT JOIN categories USING (category_id)
        WHERE
            (asked = '' OR categories.code = asked OR starts_with(categories.code, asked || ' > '))
            AND NOT coalesce(is_gift, FALSE)
    )
    SELECT
        member_id,
        business_on AS bought_on,
        CASE WHEN asked = '' THEN 1 ELSE sum(units) END AS units,
        CASE WHEN count(content) = count(*) THEN sum(units * content) END AS content
    FROM order_lines
    JOIN goods USING (product_id)
    WHERE member_id % parts = part AND business_on > since AND business_on <= until
    GROUP BY member_id, business_on
    HAVING sum(order_lines.units) > 0;

-- The child a member buys for: the youngest who is born by a day or within two months of it.
CREATE OR REPLACE MACRO bought_for(day) AS TABLE
    SELECT member_id, max(coalesce(birth_on, due_on)) AS born_on
    FROM children
    WHERE coalesce(birth_on, due_on) <= day + 60
    GROUP BY member_id;

-- The purchase days of a year up to `day`. `back` 1 is the last; `…_since` is all that was bought from
-- one on; `used` what the child had used by then according to the table of daily use, of `used_in_all`
-- (unknown without a child or a table); `gap` the days since the one before, `days_a_unit` that by its
-- units, `pace` its content by what the table says was used meanwhile.
CREATE OR REPLACE MACRO placed_purchases(asked, but_not, asked_need, day, part, parts) AS TABLE
    WITH use AS (FROM model_daily_use WHERE need = asked_need),
    ends AS (SELECT min(from_month) AS first_month, max(used_before) AS used_in_all FROM use),
    aged AS (
        SELECT
            bought.*,
            CASE
                WHEN born_on IS NOT NULL
                    THEN greatest(bought_on - born_on, first_month * days_a_month())
            END AS age_days,
            used_in_all
        FROM purchase_days(asked, but_not, day - 365, day, part, parts) AS bought
        LEFT JOIN bought_for(day) USING (member_id)
        CROSS JOIN ends
    ),
    placed AS (
        SELECT
            aged.*,
            used_before + (age_days - from_month * days_a_month()) * a_day AS used
        FROM aged
        ASOF LEFT JOIN use ON age_days >= from_month * days_a_month()
    )
    SELECT
        member_id,
        bought_on,
        content,
        used,
        used_in_all,
        row_number() OVER backward AS back,
        sum(units) OVER backward AS units_since,
        sum(content) OVER backward AS content_since,
        bought_on - lag(bought_on) OVER forward AS gap,
        (bought_on - lag(bought_on) OVER forward) / lag(units) OVER forward AS days_a_unit,
        lag(content) OVER forward / nullif(used - lag(used) OVER forward, 0) AS pace
    FROM placed
    WINDOW
        forward AS (PARTITION BY member_id ORDER BY bought_on),
        backward AS (PARTITION BY member_id ORDER BY bought_on DESC);

-- When each member is expected to buy again, and by what that is known: 'use' or 'interval'. The own
-- median pace (days a unit) counts as often as there are intervals, the usual one `weight` times. What
-- of the last `carried` purchases is not used up is added to the last: the cupboard is empty at the
-- largest of (where she stood at one of them + all that was bought from it on), which is the closed
-- form of filling it each time and emptying it at one pace. `same_on`: the own mean interval alone.
CREATE OR REPLACE MACRO next_purchases(
    asked, but_not, asked_need, day, usual_days, usual_pace, weight, carried, part, parts
) AS TABLE
    WITH placed AS (FROM placed_purchases(asked, but_not, asked_need, day, part, parts)),
    own AS (
        SELECT
            member_id,
            max(bought_on) AS bought_on,
            avg(gap) AS mean_days,
            (count(days_a_unit) * coalesce(median(days_a_unit), 0) + weight * usual_days)
            / (count(days_a_unit) + weight) AS days,
            (count(pace) * coalesce(median(pace), 0) + weight * usual_pace)
            / (count(pace) + weight) AS pace,
            coalesce(
                bool_and(content IS NOT NULL AND coalesce(used < used_in_all, FALSE))
                FILTER (back <= carried),
                FALSE
            ) AS is_used
        FROM placed
        GROUP BY member_id
    ),
    lasting AS (
        SELECT
            member_id,
            any_value(own.bought_on) AS bought_on,
            any_value(round(mean_days)::INTEGER) AS mean_days,
            any_value(is_used AND own.pace > 0) AS is_used,
            any_value(used_in_all) AS used_in_all,
            max(used + content_since / own.pace) AS used_up_at,
            max(placed.bought_on - own.bought_on + units_since * own.days) AS lasts_days
        FROM placed
        JOIN own USING (member_id)
        WHERE back <= carried
        GROUP BY member_id
    )
    SELECT
        member_id,
        CASE
            WHEN NOT is_used THEN bought_on + round(lasts_days)::INTEGER
            WHEN used_up_at < used_in_all
                THEN born_on + round(
                    from_month * days_a_month() + (used_up_at - used_before) / a_day
                )::INTEGER
        END AS due_on,
        CASE WHEN is_used THEN 'use' ELSE 'interval' END AS basis,
        bought_on + mean_days AS same_on
    FROM lasting
    LEFT JOIN bought_for(day) USING (member_id)
    ASOF LEFT JOIN (FROM model_daily_use WHERE need = asked_need) AS use
        ON used_up_at >= used_before;

-- The stage of the child that baskets of the last `within` days speak of. A purchase of goods for ages
-- from–to makes the child so much older today; it speaks for each stage by how much of these ages lies
-- in it, and half as loudly every `half_life` days. Confidence is the share of the strongest stage,
-- with `doubt` purchases that speak for none.
CREATE OR REPLACE MACRO inferred_stages(day, within, half_life, doubt, part, parts) AS TABLE
    WITH seen AS (
        SELECT DISTINCT
            member_id,
            from_month + (day - business_on) / days_a_month() AS youngest,
            to_month + (day - business_on) / days_a_month() AS oldest,
            0.5 ** ((day - business_on) / half_life) AS loudness,
            product_id
        FROM order_lines
        JOIN model_evidence USING (product_id)
        WHERE
            member_id % parts = part AND quantity > 0
            AND business_on > day - within AND business_on <= day
    ),
    spoken AS (
        SELECT
            member_id,
            stage,
            from_month,
            sum(
                loudness * (least(oldest, to_month) - greatest(youngest, from_month))
                / (oldest - youngest)
            ) AS weight
        FROM seen
        JOIN model_stages ON youngest < to_month AND oldest > from_month
        GROUP BY member_id, stage, from_month
    )
    SELECT
        member_id,
        first(stage ORDER BY weight DESC, from_month) AS stage,
        max(weight) / (sum(weight) + doubt) AS confidence
    FROM spoken
    GROUP BY member_id;
