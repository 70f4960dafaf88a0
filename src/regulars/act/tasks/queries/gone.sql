-- Who left a store within these days, has members or leads there still, and who is there to take
-- them: consultants, or managers where there is none?
WITH gone AS (
    SELECT p.staff_id, p.node_id AS store_id, max(p.valid_to) AS left_on
    FROM org_position AS p JOIN org_node AS n ON n.id = p.node_id AND n.kind = 'store'
    WHERE p.valid_to BETWEEN %(since)s AND %(day)s
      AND NOT EXISTS (
          SELECT FROM org_position AS still
          WHERE still.staff_id = p.staff_id AND still.node_id = p.node_id
            AND still.valid_from <= %(day)s AND (still.valid_to IS NULL OR still.valid_to > %(day)s)
      )
    GROUP BY p.staff_id, p.node_id
), there AS (
    SELECT p.node_id AS store_id, p.staff_id, bool_or(p.kind = 'consultant') AS consults
    FROM org_position AS p
    WHERE p.node_id IN (SELECT store_id FROM gone) AND p.kind IN ('consultant', 'store_manager')
      AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
    GROUP BY p.node_id, p.staff_id
), takers AS (
    SELECT store_id,
           coalesce(array_agg(staff_id ORDER BY staff_id) FILTER (WHERE consults),
                    array_agg(staff_id ORDER BY staff_id)) AS staff_ids
    FROM there GROUP BY store_id
)
SELECT gone.staff_id, gone.store_id, gone.left_on, takers.staff_ids
FROM gone JOIN takers USING (store_id)
WHERE EXISTS (
    SELECT FROM tasks_lead AS l
    WHERE l.staff_id = gone.staff_id AND l.store_id = gone.store_id AND l.state IN ('open', 'taken')
) OR EXISTS (
    SELECT FROM members_relation AS r JOIN members_member AS m ON m.id = r.member_id
    WHERE r.staff_id = gone.staff_id AND m.home_store_id = gone.store_id AND m.merged_into_id IS NULL
      AND r.valid_from <= %(day)s AND (r.valid_to IS NULL OR r.valid_to > %(day)s)
)
ORDER BY gone.store_id, gone.staff_id
