-- Which of what was found calls for a task today: of each store as many as a day may bring, the most
-- money first; nothing that stands there already, or that was dealt with of late.
WITH waiting AS (
    SELECT f.row_no, f.store_id, row_number() OVER (PARTITION BY f.store_id ORDER BY f.row_no) AS place
    FROM tasks_found AS f
    WHERE NOT EXISTS (
        SELECT FROM tasks_lead AS l
        WHERE l.source = 'finding' AND l.store_id = f.store_id AND l.source_id = f.source_id
          AND (l.state IN ('open', 'taken') OR l.closed_at >= %(since)s AND l.state = 'done')
    )
), opened AS (
    SELECT store_id, count(*) AS n FROM tasks_lead
    WHERE source = 'finding' AND opened_on = %(day)s AND parent_id IS NULL GROUP BY store_id
)
SELECT w.row_no
FROM waiting AS w LEFT JOIN opened AS o USING (store_id)
WHERE w.place + coalesce(o.n, 0) <= %(most)s
ORDER BY w.row_no
