-- The leads to do whose play a sale may end, with what they wait for.
SELECT l.id, l.member_id, l.opened_on, l.opened_at, p.outcome::text, p.window_days
FROM tasks_lead AS l JOIN opportunities_play AS p ON p.id = l.play_id
WHERE l.state IN ('open', 'taken') AND l.member_id IS NOT NULL
  AND p.outcome ->> 'kind' IN ('purchase', 'category')
