-- How many members stand in each part of the whole chain's base as of the start of a period (0), or
-- of two (1 is the one it is compared with)? A member's first purchase ever, and her first within
-- the window, each counts her once. Two scans, each of the few rows it needs, take half the time of
-- one; the second period costs no further scan.
WITH ever AS (
    SELECT
        count(*) FILTER (business_on < $start AND is_still(graduates_on, $start)) AS now,
        count(*) FILTER (business_on < $before_start AND is_still(graduates_on, $before_start)) AS before
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL AND prev_on IS NULL
        AND business_on < greatest($start::DATE, $before_start::DATE)
),
active AS (
    SELECT
        count(*) FILTER (
            business_on < $start AND is_still(graduates_on, $start)
            AND is_first_since(business_on, prev_on, $start::DATE - $window_days)
        ) AS now,
        count(*) FILTER (
            business_on < $before_start AND is_still(graduates_on, $before_start)
            AND is_first_since(business_on, prev_on, $before_start::DATE - $window_days)
        ) AS before
    FROM tickets
    WHERE
        is_purchase AND member_id IS NOT NULL
        AND business_on >= least($start::DATE, $before_start::DATE) - $window_days
        AND business_on < greatest($start::DATE, $before_start::DATE)
        AND (prev_on < greatest($start::DATE, $before_start::DATE) - $window_days OR prev_on IS NULL)
),
everyone AS (
    SELECT
        count(*) FILTER (joined_on >= $start AND joined_on < $end) AS new_now,
        count(*) FILTER (joined_on < $start AND graduates_on <= $start) AS graduated_now,
        count(*) FILTER (joined_on < $start AND is_still(graduates_on, $start)) AS still_now,
        count(*) FILTER (joined_on >= $before_start AND joined_on < $before_end) AS new_before,
        count(*) FILTER (joined_on < $before_start AND graduates_on <= $before_start) AS graduated_before,
        count(*) FILTER (
            joined_on < $before_start AND is_still(graduates_on, $before_start)
        ) AS still_before
    FROM members
)
SELECT
    0 AS period,
    $node AS node,
    new_now AS new,
    graduated_now AS graduated,
    active.now AS active_old,
    ever.now - active.now AS dormant_old,
    still_now - ever.now AS never_bought
FROM everyone, ever, active
UNION ALL
SELECT
    1,
    $node,
    new_before,
    graduated_before,
    active.before,
    ever.before - active.before,
    still_before - ever.before
FROM everyone, ever, active
WHERE $before_start IS NOT NULL;
