-- How many more leads each store has room for today: what its people may still take, but for what
-- waits there for anybody?
SELECT p.store_id, greatest(sum(greatest(p.room - p.load, 0)) - coalesce(max(w.waiting), 0), 0)::bigint
FROM tasks_people AS p
LEFT JOIN (
    SELECT store_id, count(*) AS waiting FROM tasks_lead
    WHERE state IN ('open', 'taken') AND staff_id IS NULL AND is_outreach GROUP BY store_id
) AS w USING (store_id)
GROUP BY p.store_id
