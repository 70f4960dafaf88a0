-- Whom does a staff file speak of? A phone known already keeps the seal it has.
WITH people AS (
    SELECT DISTINCT ON (staff_id) * FROM given ORDER BY staff_id, phone_hash NULLS LAST, line_no
)
SELECT g.line_no, coalesce(s.id, nextval('org_staff_id_seq')) AS id, s.id IS NULL AS is_new,
       g.staff_id AS code, g.name, g.phone_hash,
       CASE WHEN g.phone_hash IS DISTINCT FROM s.phone_hash THEN g.phone_sealed END AS phone_sealed
FROM people AS g LEFT JOIN org_staff AS s ON s.code = g.staff_id
