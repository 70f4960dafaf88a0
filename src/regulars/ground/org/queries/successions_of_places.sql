-- Where does each place of a stores file hang? A place that hung nowhere hangs there since always,
-- one that moves, from today. A store already below its region by way of a branch stays there.
WITH wanted AS (
    SELECT g.line_no, g.store_id AS code, coalesce(g.branch_id, g.region_id) AS parent FROM given AS g
    UNION
    SELECT NULL, branch_id, region_id FROM given WHERE branch_id IS NOT NULL
    UNION
    SELECT NULL, region_id, NULL FROM given WHERE region_id IS NOT NULL
), current AS (
    SELECT node_id, parent_id FROM org_placement
    WHERE daterange(valid_from, valid_to) @> %(today)s
)
INSERT INTO successions (line_no, owner_id, holder_id, from_on)
SELECT max(w.line_no), node.id, coalesce(max(parent.id), %(head_office)s),
       CASE WHEN EXISTS (SELECT FROM org_placement AS p WHERE p.node_id = node.id)
            THEN %(today)s ELSE DATE '0001-01-01' END
FROM wanted AS w
JOIN incoming_org_node AS node USING (code)
LEFT JOIN incoming_org_node AS parent ON parent.code = w.parent
LEFT JOIN current AS now ON now.node_id = node.id
LEFT JOIN current AS above ON above.node_id = now.parent_id
WHERE now.node_id IS NULL
   OR (parent.id IS NOT NULL
       AND (above.parent_id IS DISTINCT FROM parent.id OR parent.kind <> 'region'))
GROUP BY node.id
