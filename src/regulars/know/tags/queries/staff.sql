-- What is on record of staff? Of several positions today the first by its place.
WITH began AS (
    SELECT staff_id, nullif(min(valid_from), DATE '0001-01-01') AS since
    FROM positions
    GROUP BY staff_id
),
held AS (
    SELECT staff_id, arg_min(kind, node_id) AS position, min(node_id) AS node_id
    FROM positions
    WHERE valid_from <= $today AND valid_to > $today
    GROUP BY staff_id
)
SELECT
    staff.staff_id,
    held.node_id AS place_store,
    nodes.parent_id AS place_branch,
    staff.name AS staff_name,
    position,
    nodes.name AS works_at,
    since
FROM staff
LEFT JOIN held USING (staff_id)
LEFT JOIN began USING (staff_id)
LEFT JOIN nodes ON nodes.node_id = held.node_id;
