-- Which positions are over, because a line without dates says that someone stands elsewhere now?
WITH moved AS (
    SELECT DISTINCT i.staff_id, i.kind
    FROM incoming_org_position AS i JOIN given AS g USING (line_no)
    WHERE i.is_new AND g.valid_from IS NULL
)
UPDATE org_position AS p SET valid_to = greatest(p.valid_from, %(today)s)
FROM moved
WHERE p.staff_id = moved.staff_id AND p.kind = moved.kind
  AND (p.valid_to IS NULL OR p.valid_to > %(today)s)
  AND p.id NOT IN (SELECT id FROM incoming_org_position)
