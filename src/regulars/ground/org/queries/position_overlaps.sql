-- Which lines would have someone hold the same position at the same place twice at once?
WITH final AS (
    SELECT line_no, staff_code, node_id, kind, valid_from, valid_to FROM positions_given
    UNION ALL
    SELECT NULL, s.code, p.node_id, p.kind, p.valid_from, p.valid_to
    FROM org_position AS p JOIN org_staff AS s ON s.id = p.staff_id
    WHERE s.code IN (SELECT staff_code FROM positions_given)
      AND p.id NOT IN (SELECT position_id FROM positions_given WHERE position_id IS NOT NULL)
), neighbours AS (
    SELECT *, lead(valid_from) OVER same AS next_from,
           max(coalesce(valid_to, 'infinity')) OVER (
               same ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held_until
    FROM final
    WINDOW same AS (PARTITION BY staff_code, node_id, kind ORDER BY valid_from)
)
INSERT INTO rejected
SELECT line_no, 'valid_from', 'overlapping_dates', valid_from::text
FROM neighbours
WHERE line_no IS NOT NULL
  AND (held_until > valid_from OR coalesce(valid_to, 'infinity') > next_from)
