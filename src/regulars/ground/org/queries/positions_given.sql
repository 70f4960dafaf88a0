-- Which position does each line of a staff file mean? Without a start it is the one held now,
-- else a new one: from today for someone who held another before, since always for someone new.
INSERT INTO positions_given (line_no, staff_code, node_id, kind, position_id, valid_from, valid_to)
SELECT g.line_no, g.staff_id, n.id, g.position, held.id,
       coalesce(g.valid_from, held.valid_from,
                CASE WHEN EXISTS (SELECT FROM org_position AS p WHERE p.staff_id = s.id)
                     THEN %(today)s ELSE DATE '0001-01-01' END),
       g.valid_to
FROM given AS g
JOIN org_node AS n ON n.code = coalesce(g.store_id, g.node_id, %(head_office)s)
LEFT JOIN org_staff AS s ON s.code = g.staff_id
LEFT JOIN LATERAL (
    SELECT p.id, p.valid_from FROM org_position AS p
    WHERE p.staff_id = s.id AND p.node_id = n.id AND p.kind = g.position
      AND CASE WHEN g.valid_from IS NULL THEN daterange(p.valid_from, p.valid_to) @> %(today)s
               ELSE p.valid_from = g.valid_from END
    LIMIT 1
) AS held ON TRUE
