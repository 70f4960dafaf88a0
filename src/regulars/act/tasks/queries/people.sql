-- Who takes leads at which store today, how many each has, and how many each may have? Those on
-- shift; where no roster was kept, all who serve there; where nobody serves, all of the store.
INSERT INTO tasks_people (store_id, staff_id, load, room, kinds)
WITH working AS (
    SELECT node_id AS store_id, staff_id, bool_or(p.kind IN ('consultant', 'store_manager')) AS serves,
           array_agg(p.kind) AS kinds
    FROM org_position AS p JOIN org_node AS n ON n.id = p.node_id AND n.kind = 'store'
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
    GROUP BY node_id, staff_id
), rosters AS (
    SELECT DISTINCT node_id AS store_id FROM actions_shift WHERE "on" = %(day)s
), present AS (
    SELECT w.store_id, w.staff_id, w.kinds,
           w.serves OR NOT bool_or(w.serves) OVER (PARTITION BY w.store_id) AS takes
    FROM working AS w
    LEFT JOIN rosters USING (store_id)
    LEFT JOIN actions_shift AS s
        ON s.node_id = w.store_id AND s.staff_id = w.staff_id AND s."on" = %(day)s
    WHERE rosters.store_id IS NULL OR s.staff_id IS NOT NULL
), loads AS (
    SELECT staff_id, count(*) AS load FROM tasks_lead
    WHERE state IN ('open', 'taken') AND staff_id IS NOT NULL GROUP BY staff_id
)
SELECT store_id, staff_id, coalesce(load, 0), %(room)s, kinds
FROM present LEFT JOIN loads USING (staff_id)
WHERE takes
