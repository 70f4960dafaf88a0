-- Leads end by what happened: each with its result and ticket.
WITH ended AS (
    UPDATE tasks_lead AS l
    SET state = 'done', result = e.result, ticket_no = e.ticket_no, closed_at = %(now)s,
        version = version + 1
    FROM tasks_ending AS e
    WHERE l.id = e.lead_id AND l.state IN ('open', 'taken')
    RETURNING l.id, l.store_id, l.result, l.ticket_no
), noted AS (
    INSERT INTO tasks_change (lead_id, what, detail, made_at)
    SELECT id, 'closed', jsonb_build_object('result', result, 'ticket', ticket_no, 'by', 'itself'), %(now)s
    FROM ended
)
SELECT id, store_id FROM ended ORDER BY id
