-- How did the days like this one go at each place, hour by hour, and what may the month's days to
-- come bring? Days like it: the same weekday of the eight weeks before, from the place's first sale
-- in them on. $quantiles are Student's t by degrees of freedom, from 1: one side of the interval.
WITH places AS (
    SELECT node_id, store_id
    FROM store_nodes
    WHERE valid_from <= $day AND valid_to > $day
),
sold AS (
    SELECT
        node_id,
        business_on,
        hour(sold_at - to_hours($cutoff_hours)) AS hour,
        sum(net_cents) AS net_cents
    FROM tickets
    JOIN places USING (store_id)
    WHERE business_on >= $day::DATE - 56 AND business_on < $day
    GROUP BY ALL
),
days AS (
    SELECT unnest(range($day::DATE - 56, $day::DATE, INTERVAL 1 DAY))::DATE AS business_on
),
wholes AS (
    SELECT node_id, days.business_on, coalesce(sum(net_cents), 0) AS whole
    FROM (SELECT node_id, min(business_on) AS first_on FROM sold GROUP BY ALL) AS firsts
    JOIN days ON days.business_on >= first_on
    LEFT JOIN sold USING (node_id, business_on)
    GROUP BY ALL
),
points AS (
    SELECT
        node_id,
        point,
        whole,
        coalesce(
            sum(net_cents) OVER (
                PARTITION BY node_id, business_on
                ORDER BY point
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS so_far
    FROM wholes
    CROSS JOIN (SELECT unnest(range(25)) AS point)
    LEFT JOIN (SELECT * RENAME (hour AS point) FROM sold) USING (node_id, business_on, point)
    WHERE isodow(business_on) = isodow($day::DATE)
),
hours AS (
    SELECT
        node_id,
        point,
        count(*) AS days,
        avg(so_far) AS by_cents,
        avg(whole - so_far) AS rest_cents,
        stddev_samp(whole - so_far) AS spread
    FROM points
    GROUP BY ALL
    HAVING count(*) >= $least_days
),
courses AS (
    SELECT
        node_id,
        max(days) AS days,
        list(round(by_cents)::BIGINT ORDER BY point) AS by_cents,
        list(round(rest_cents)::BIGINT ORDER BY point) AS rest_cents,
        list(
            round(list_extract($quantiles::DOUBLE[], days - 1) * spread * sqrt(1 + 1 / days))::BIGINT
            ORDER BY point
        ) AS rest_half_cents
    FROM hours
    GROUP BY node_id
),
to_come AS (
    SELECT isodow(day) AS weekday, count(*) AS times
    FROM (
        SELECT unnest(
            range($day::DATE + 1, last_day($day::DATE) + 1, INTERVAL 1 DAY)
        )::DATE AS day
    )
    GROUP BY ALL
),
weekdays AS (
    SELECT
        node_id,
        isodow(business_on) AS weekday,
        count(*) AS days,
        avg(whole) AS mean,
        var_samp(whole) AS variance
    FROM wholes
    GROUP BY ALL
    HAVING count(*) >= $least_days
),
ahead AS (
    SELECT
        node_id,
        min(days) AS days,
        sum(times * mean) AS cents,
        -- Each day to come varies by itself; what is wrong with a mean is wrong on all of its days.
        sqrt(sum(variance * (times + times * times / days))) AS spread
    FROM to_come
    JOIN weekdays USING (weekday)
    GROUP BY node_id
    HAVING count(*) = (SELECT count(*) FROM to_come)
)
SELECT
    node_id AS node,
    courses.days,
    by_cents,
    rest_cents,
    rest_half_cents,
    CASE WHEN is_last THEN 0 ELSE round(cents)::BIGINT END AS ahead_cents,
    CASE
        WHEN is_last THEN 0
        ELSE round(list_extract($quantiles::DOUBLE[], ahead.days - 1) * spread)::BIGINT
    END AS ahead_half_cents
FROM courses
CROSS JOIN (SELECT count(*) = 0 AS is_last FROM to_come)
LEFT JOIN ahead USING (node_id);
