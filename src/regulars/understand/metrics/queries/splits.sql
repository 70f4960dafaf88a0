-- Into which slices does one part of the base fall, and what did each buy in the period?
-- The active old by the stage of the youngest child, the new by how they joined; both as in the tree.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
active AS (
    -- The first purchase in the window before the period: one a member, so nothing need be distinct.
    SELECT member_id, home_store_id
    FROM tickets
    WHERE
        $part = 'active_old' AND is_purchase AND member_id IS NOT NULL
        AND is_first_since(business_on, prev_on, $start::DATE - $window_days) AND business_on < $start
        AND is_still(graduates_on, $start)
        AND ($is_chain OR home_store_id IN (FROM places))
),
youngest AS (
    SELECT member_id, max(coalesce(birth_on, due_on)) AS born_on
    FROM children
    SEMI JOIN active USING (member_id)
    GROUP BY member_id
),
stages AS (
    SELECT
        unnest($stages::VARCHAR[]) AS stage,
        unnest($born_from::DATE[]) AS born_from,
        unnest($born_until::DATE[]) AS born_until
),
everyone AS (
    SELECT member_id, home_store_id, TRUE AS is_in_base, coalesce(stage, $without_child) AS slice
    FROM active
    LEFT JOIN youngest USING (member_id)
    LEFT JOIN stages ON born_on BETWEEN born_from AND born_until
    UNION ALL
    SELECT member_id, home_store_id, joined_on < $end, coalesce(join_channel, '')
    FROM members
    WHERE $part = 'new' AND joined_on >= $start AND ($is_chain OR home_store_id IN (FROM places))
),
people AS (
    SELECT *, $is_everywhere OR coalesce(home_store_id IN (FROM places), FALSE) AS is_at_home
    FROM everyone
),
bought AS (
    SELECT
        member_id,
        count(*) FILTER (is_purchase) AS tickets,
        sum(sku_count) AS lines,
        sum(units) AS units,
        sum(net_cents) AS net_cents
    FROM tickets
    WHERE
        member_id IS NOT NULL AND business_on >= $start AND business_on < $end
        AND ($channel IS NULL OR channel = $channel)
        AND ($is_everywhere OR store_id IN (FROM places))
    GROUP BY member_id
)
SELECT
    slice,
    count(*) FILTER (is_in_base AND is_at_home) AS members,
    count(*) FILTER (tickets > 0) AS buyers,
    coalesce(sum(tickets), 0)::BIGINT AS tickets,
    coalesce(sum(lines), 0)::BIGINT AS lines,
    coalesce(sum(units), 0)::BIGINT AS units,
    coalesce(sum(net_cents), 0)::BIGINT AS net_cents
FROM people
LEFT JOIN bought USING (member_id)
GROUP BY slice
HAVING members > 0 OR count(bought.member_id) > 0;
