-- How many members stand in each part of the whole chain's base as of the period's start?
-- A member's first purchase ever, and her first within the window, each counts her once.
WITH bought AS (
    SELECT
        count(*) FILTER (prev_on IS NULL) AS ever,
        count(*) FILTER (is_first_since(business_on, prev_on, $start::DATE - $window_days)) AS active_old
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL AND business_on < $start
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
    active_old,
    ever - active_old AS dormant_old,
    still - ever AS never_bought
FROM everyone, bought;
