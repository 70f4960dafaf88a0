-- How many members stand in each part of the whole chain's base as of the period's start?
-- Exactly one purchase a member is the last one before a day, so nothing need be distinct.
WITH last_purchases AS (
    SELECT standing(joined_on, business_on, graduates_on, $start, $window_days) AS part, count(*) AS members
    FROM tickets
    WHERE is_purchase AND member_id IS NOT NULL AND business_on < $start AND (next_on >= $start OR next_on IS NULL)
    GROUP BY ALL
),
everyone AS (
    SELECT
        count(*) FILTER (joined_on >= $start AND joined_on < $end) AS new,
        count(*) FILTER (joined_on < $start AND graduates_on <= $start) AS graduated,
        count(*) FILTER (joined_on < $start AND (graduates_on > $start OR graduates_on IS NULL)) AS still
    FROM members
),
bought AS (
    SELECT
        coalesce(sum(members) FILTER (part = 'active_old'), 0) AS active_old,
        coalesce(sum(members) FILTER (part = 'dormant_old'), 0) AS dormant_old
    FROM last_purchases
)
SELECT
    $node AS node,
    new,
    graduated,
    active_old::BIGINT AS active_old,
    dormant_old::BIGINT AS dormant_old,
    (still - active_old - dormant_old)::BIGINT AS never_bought
FROM everyone, bought;
