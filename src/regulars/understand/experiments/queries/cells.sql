-- What came of those who entered, by store, arm and whether their window is over, in sums: what
-- counted (`occurred`) and what was spent within the window, and what was spent before it.
WITH people AS (
    SELECT *, entered_on + $window_days::INTEGER AS until
    FROM entered
),
spent AS (
    SELECT
        people.member_id,
        sum(tickets.net_cents) FILTER (tickets.business_on >= people.entered_on) AS cents,
        sum(tickets.net_cents) FILTER (tickets.business_on < people.entered_on) AS before
    FROM people
    JOIN tickets
        ON tickets.member_id = people.member_id
        AND tickets.business_on >= people.entered_on - $before_days::INTEGER
        AND tickets.business_on < people.until
    WHERE tickets.business_on BETWEEN $first_on::DATE - $before_days::INTEGER AND $on
    GROUP BY ALL
),
converted AS (
    SELECT DISTINCT people.member_id
    FROM people
    JOIN occurred
        ON occurred.member_id = people.member_id
        AND occurred.business_on >= people.entered_on
        AND occurred.business_on < people.until
),
each_one AS (
    SELECT
        people.store_id,
        people.is_held_out,
        people.until <= $on AS is_over,
        converted.member_id IS NOT NULL AS is_converted,
        coalesce(spent.cents, 0)::BIGINT AS cents,
        coalesce(spent.before, 0)::BIGINT AS before
    FROM people
    LEFT JOIN spent USING (member_id)
    LEFT JOIN converted USING (member_id)
)
SELECT
    store_id,
    is_held_out,
    is_over,
    count(*) AS people,
    count(*) FILTER (is_converted) AS conversions,
    sum(cents)::BIGINT AS cents,
    sum(cents * cents)::DOUBLE AS cents_squared,
    sum(before)::DOUBLE AS before,
    sum(before * before)::DOUBLE AS before_squared,
    sum(cents * before)::DOUBLE AS cents_before,
    coalesce(sum(before) FILTER (is_converted), 0)::DOUBLE AS conversions_before
FROM each_one
GROUP BY ALL
ORDER BY ALL;
