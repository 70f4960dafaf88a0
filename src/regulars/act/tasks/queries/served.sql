-- How many members' leads of the plays that answer each finding were opened at its place within the
-- weeks after it, and how many of them are done? (Postgres)
WITH RECURSIVE below (root_id, node_id) AS (
    SELECT DISTINCT node_id, node_id FROM tasks_answered
    UNION
    SELECT b.root_id, p.node_id
    FROM below AS b JOIN org_placement AS p ON p.parent_id = b.node_id
    WHERE p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
),
counted AS (
    SELECT play_id, store_id, opened_on, count(*) AS opened,
        count(*) FILTER (WHERE state = 'done') AS served
    FROM tasks_lead
    WHERE member_id IS NOT NULL
        AND play_id IN (SELECT play_id FROM tasks_answered)
        AND opened_on >= (SELECT min(since) FROM tasks_answered)
    GROUP BY play_id, store_id, opened_on
)
SELECT a.finding_id, a.play_id, sum(c.opened)::bigint, sum(c.served)::bigint
FROM tasks_answered AS a
JOIN below AS b ON b.root_id = a.node_id
JOIN counted AS c ON c.play_id = a.play_id AND c.store_id = b.node_id
    AND c.opened_on >= a.since AND c.opened_on < a.since + %(days)s::integer
GROUP BY a.finding_id, a.play_id
