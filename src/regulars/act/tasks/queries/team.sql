-- What has each person of a store to do, and what became of it today? Null: what nobody has.
WITH touches AS (
    SELECT c.staff_id, count(*) AS touched
    FROM tasks_contact AS c JOIN tasks_lead AS l ON l.id = c.lead_id
    WHERE l.store_id = %(store)s AND c.made_at >= %(begins)s GROUP BY c.staff_id
), leads AS (
    SELECT staff_id,
           count(*) FILTER (WHERE state IN ('open', 'taken')) AS to_do,
           count(*) FILTER (WHERE state = 'taken') AS taken,
           count(*) FILTER (WHERE state IN ('open', 'taken') AND due_on < %(day)s) AS late,
           coalesce(sum(value_cents) FILTER (WHERE state IN ('open', 'taken')), 0)::bigint AS value_cents,
           count(*) FILTER (WHERE state = 'done') AS done,
           count(*) FILTER (WHERE state = 'done' AND result = 'bought') AS bought
    FROM tasks_lead
    WHERE store_id = %(store)s AND (state IN ('open', 'taken') OR closed_at >= %(begins)s)
    GROUP BY staff_id
)
SELECT staff_id, coalesce(to_do, 0), coalesce(taken, 0), coalesce(late, 0),
       coalesce(value_cents, 0), coalesce(touched, 0), coalesce(done, 0), coalesce(bought, 0)
FROM leads FULL JOIN touches USING (staff_id)
