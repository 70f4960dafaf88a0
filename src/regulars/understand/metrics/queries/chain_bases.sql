-- How many members stand in each part of the whole chain's base as of the period's start?
-- A member's first purchase ever, and her first within the window, each counts her once; two scans,
-- each of the few rows it needs, take half the time of one.
WITH ever AS (
    SELECT count(*) AS members
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL AND prev_on IS NULL AND business_on < $start
        AND (graduates_on > $start OR graduates_on IS NULL)
),
active AS (
    SELECT count(*) AS members
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL AND business_on < $start
        AND is_first_since(business_on, prev_on, $start::DATE - $window_days)
        AND (graduates_on > $start OR graduates_on IS NULL)
),
everyone AS (
    SELECT
        count(*) FILTER (joined_on >= $start AND joined_on < $end) AS new,
        count(*) FILTER (joined_on < $start AND graduates_on <= $start) AS graduated,
        count(*) FILTER (joined_on < $start AND (graduates_on > $start OR graduates_on IS NULL)) AS still
    FROM members
)
SELECT
    $node AS node,
    new,
    graduated,
    active.members AS active_old,
    ever.members - active.members AS dormant_old,
    still - ever.members AS never_bought
FROM everyone, ever, active;
