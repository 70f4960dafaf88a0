-- What came of everybody's leads at these stores (null: all) since a moment?
WITH touches AS (
    SELECT c.staff_id, count(*) AS touched
    FROM tasks_contact AS c JOIN tasks_lead AS l ON l.id = c.lead_id
    WHERE c.made_at >= %(since)s
      AND (%(stores)s::bigint[] IS NULL OR l.store_id = ANY (%(stores)s::bigint[]))
    GROUP BY c.staff_id
), closed AS (
    SELECT staff_id, result, count(*) AS n, sum(rating) AS stars, count(rating) AS rated
    FROM tasks_lead
    WHERE state = 'done' AND staff_id IS NOT NULL AND closed_at >= %(since)s
      AND (%(stores)s::bigint[] IS NULL OR store_id = ANY (%(stores)s::bigint[]))
    GROUP BY staff_id, result
)
SELECT c.staff_id, sum(n)::bigint, coalesce(sum(n) FILTER (WHERE result = 'bought'), 0)::bigint,
       jsonb_object_agg(result, n), coalesce(max(t.touched), 0),
       sum(stars)::numeric / nullif(sum(rated), 0)
FROM closed AS c LEFT JOIN touches AS t USING (staff_id)
GROUP BY c.staff_id
