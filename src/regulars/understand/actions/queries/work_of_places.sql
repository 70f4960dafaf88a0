-- How much is to be done at each place and below it on a day, how much is late, how much was done?
WITH RECURSIVE work AS (
    SELECT
        node_id,
        count(*) FILTER (WHERE state = 'open' AND due_on <= %(day)s) AS due,
        count(*) FILTER (WHERE state = 'open' AND due_on < %(day)s) AS late,
        count(*) FILTER (WHERE state = 'open') AS still_open,
        count(*) FILTER (WHERE state = 'done' AND closed_on = %(day)s) AS done
    FROM actions_action
    WHERE parent_id IS NULL AND (state = 'open' OR closed_on = %(day)s)
    GROUP BY node_id
),
above AS (
    SELECT node_id, node_id AS place_id FROM work
    UNION ALL
    SELECT above.node_id, hung.parent_id
    FROM above
    JOIN org_placement AS hung ON hung.node_id = above.place_id
    WHERE daterange(hung.valid_from, hung.valid_to) @> %(day)s
)
SELECT
    place_id, sum(due)::bigint, sum(late)::bigint, sum(still_open)::bigint, sum(done)::bigint
FROM work
JOIN above USING (node_id)
GROUP BY place_id
