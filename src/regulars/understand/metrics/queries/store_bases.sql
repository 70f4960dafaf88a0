-- How many members whose home is in each node stand in each part as of the period's start?
WITH places AS (
    SELECT node_id, store_id
    FROM store_nodes
    WHERE node_id IN (SELECT unnest($nodes::INTEGER[])) AND valid_from <= $as_of AND valid_to > $as_of
),
ever AS (
    SELECT home_store_id AS store_id, count(*) AS ever
    FROM tickets
    WHERE
        home_store_id IN (SELECT store_id FROM places)
        AND is_purchase AND member_id IS NOT NULL AND prev_on IS NULL AND business_on < $start
        AND is_still(graduates_on, $start)
    GROUP BY ALL
),
active AS (
    SELECT home_store_id AS store_id, count(*) AS active_old
    FROM tickets
    WHERE
        home_store_id IN (SELECT store_id FROM places)
        AND is_purchase AND member_id IS NOT NULL AND business_on < $start
        AND is_first_since(business_on, prev_on, $start::DATE - $window_days)
        AND is_still(graduates_on, $start)
    GROUP BY ALL
),
everyone AS (
    SELECT
        home_store_id AS store_id,
        count(*) FILTER (joined_on >= $start AND joined_on < $end) AS new,
        count(*) FILTER (joined_on < $start AND graduates_on <= $start) AS graduated,
        count(*) FILTER (joined_on < $start AND is_still(graduates_on, $start)) AS still
    FROM members
    WHERE home_store_id IN (SELECT store_id FROM places)
    GROUP BY ALL
)
SELECT
    node_id AS node,
    coalesce(sum(new), 0)::BIGINT AS new,
    coalesce(sum(graduated), 0)::BIGINT AS graduated,
    coalesce(sum(active_old), 0)::BIGINT AS active_old,
    (coalesce(sum(ever), 0) - coalesce(sum(active_old), 0))::BIGINT AS dormant_old,
    (coalesce(sum(still), 0) - coalesce(sum(ever), 0))::BIGINT AS never_bought
FROM places
LEFT JOIN everyone USING (store_id)
LEFT JOIN ever USING (store_id)
LEFT JOIN active USING (store_id)
GROUP BY node_id;
