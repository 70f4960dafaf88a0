-- Which leads are late and were not told of at this step: for the manager at once, for the head
-- above when they are still late a day after?
SELECT l.id, l.store_id
FROM tasks_lead AS l
WHERE l.state IN ('open', 'taken') AND l.due_on < %(before)s
  AND NOT EXISTS (
      SELECT FROM tasks_change AS c
      WHERE c.lead_id = l.id AND c.what = 'escalated' AND c.detail ->> 'to' = %(to)s
  )
ORDER BY l.id
