-- Which lines would have a member looked after by two people at once?
WITH held AS (
    SELECT *, max(coalesce(valid_to, 'infinity')) OVER (
                  PARTITION BY member_id ORDER BY valid_from
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held_until
    FROM spells
)
INSERT INTO rejected
SELECT line_no, 'valid_from', 'overlapping_dates', valid_from::text
FROM held
WHERE line_no IS NOT NULL AND (held_until > valid_from OR valid_to > next_from)
