-- Members whose home is at a node: how many there are, how complete their profiles; of the new, how
-- many are valid, and how many bought within 30 days, of those observed for as long.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
theirs AS (
    FROM members
    WHERE joined_on < $end AND ($is_chain OR home_store_id IN (FROM places))
),
soon AS (
    SELECT DISTINCT member_id
    FROM tickets
    JOIN theirs USING (member_id)
    WHERE is_purchase AND theirs.joined_on >= $start AND business_on <= theirs.joined_on + 30
)
SELECT
    count(*) AS members,
    count(*) FILTER (has_child_on_file) AS with_child,
    count(*) FILTER (joined_on >= $start) AS new_members,
    count(*) FILTER (
        joined_on >= $start AND is_phone_verified AND (has_child_on_file OR member_id IN (FROM soon))
    ) AS valid_new_members,
    count(*) FILTER (joined_on >= $start AND joined_on + 30 <= $today) AS observed_new_members,
    count(*) FILTER (
        joined_on >= $start AND joined_on + 30 <= $today AND member_id IN (FROM soon)
    ) AS soon_buyers
FROM theirs;
