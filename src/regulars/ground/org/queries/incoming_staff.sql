-- Whom does a staff file speak of? A phone known already keeps the seal it has. New ids are drawn in
-- the order of the lines, whatever way Postgres joins.
WITH people AS (
    SELECT DISTINCT ON (staff_id) * FROM given ORDER BY staff_id, phone_hash NULLS LAST, line_no
),
told AS (
    SELECT g.line_no, s.id AS known_id, g.staff_id AS code, g.name, g.phone_hash,
           CASE WHEN g.phone_hash IS DISTINCT FROM s.phone_hash THEN g.phone_sealed END AS phone_sealed
    FROM people AS g LEFT JOIN org_staff AS s ON s.code = g.staff_id
    ORDER BY g.line_no
)
SELECT line_no, coalesce(known_id, nextval('org_staff_id_seq')) AS id, known_id IS NULL AS is_new,
       code, name, phone_hash, phone_sealed
FROM told
