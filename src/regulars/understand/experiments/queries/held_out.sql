-- Which of these persons does which of these experiments hold out? The first entry of any of a
-- person's records holds. (Postgres)
WITH persons AS (
    SELECT a.id AS member_id, coalesce(m.merged_into_id, a.id) AS person_id
    FROM unnest(%(members)s::bigint[]) AS a (id) LEFT JOIN members_member AS m ON m.id = a.id
),
records AS (
    SELECT member_id, person_id AS record_id FROM persons
    UNION ALL
    SELECT p.member_id, m.id
    FROM persons AS p JOIN members_member AS m ON m.merged_into_id = p.person_id
),
first_entries AS (
    SELECT DISTINCT ON (e.experiment_id, r.member_id) e.experiment_id, r.member_id, e.is_held_out
    FROM records AS r
    JOIN experiments_entry AS e ON e.member_id = r.record_id
    WHERE e.experiment_id = ANY(%(experiments)s::bigint[])
    ORDER BY e.experiment_id, r.member_id, e.entered_on, e.id
)
SELECT experiment_id, member_id FROM first_entries WHERE is_held_out
