-- Every touch of the persons whom an experiment touched, whatever it was for: the last one before a
-- sale takes it. (Postgres)
WITH touches AS (
    SELECT t.*, coalesce(m.merged_into_id, t.member_id) AS person_id
    FROM experiments_touch AS t LEFT JOIN members_member AS m ON m.id = t.member_id
    WHERE t.touched_at >= %(since)s
),
touched AS (SELECT DISTINCT person_id FROM touches WHERE experiment_id = %(experiment)s)
SELECT t.id AS touch_id, t.person_id AS member_id, t.experiment_id = %(experiment)s AS is_ours,
    t.store_id, t.staff_id, t.offer,
    (extract(epoch FROM t.touched_at) * 1000000)::bigint AS touched_us, e.window_days
FROM touches AS t
JOIN touched USING (person_id)
JOIN experiments_experiment AS e ON e.id = t.experiment_id
