-- The leads to do whose play a sale may end, with what they wait for: "" is any purchase. Of these
-- members, or of all.
SELECT
    l.id AS lead_id, l.member_id, l.opened_on, l.opened_at,
    coalesce(p.outcome ->> 'code', '') AS category, p.window_days
FROM tasks_lead AS l JOIN opportunities_play AS p ON p.id = l.play_id
WHERE l.state IN ('open', 'taken') AND l.member_id IS NOT NULL
  AND p.outcome ->> 'kind' IN ('purchase', 'category')
  AND (%(members)s::bigint[] IS NULL OR l.member_id = ANY (%(members)s::bigint[]))
