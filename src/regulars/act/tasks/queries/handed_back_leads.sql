-- The leads of a handover that are still with whoever took over go back to whose they were.
UPDATE tasks_lead AS l SET staff_id = %(from)s, state = 'open', version = version + 1
FROM tasks_change AS c
WHERE c.lead_id = l.id AND c.what = 'handed_over' AND c.detail @> jsonb_build_object('handover', %(handover)s::bigint)
  AND l.state IN ('open', 'taken') AND l.staff_id = (c.detail ->> 'staff')::bigint
RETURNING l.id
