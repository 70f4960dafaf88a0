-- Who holds which position where, and when, by the staff file?
SELECT g.line_no, coalesce(p.position_id, nextval('org_position_id_seq')) AS id,
       p.position_id IS NULL AS is_new, s.id AS staff_id, p.node_id, p.kind,
       p.valid_from, p.valid_to
FROM given AS g
JOIN positions_given AS p USING (line_no)
JOIN incoming_org_staff AS s ON s.code = g.staff_id
